using Shop.Rig.Chaos;
using Shop.Rig.Chaos.Faults;
using Shop.Rig.Invariants;
using Xunit.Abstractions;

namespace Shop.Tests.Chaos;

/// <summary>The short run: the whole shop, a fixed seed, everything that the rig can break.</summary>
public sealed class ChaosRunTests(ITestOutputHelper output)
{
    private const int Seed = 20261121;
    private const int LeastKinds = 8;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task The_shop_loses_and_doubles_nothing_while_it_is_broken()
    {
        var options = new ChaosOptions { Seed = Seed, Length = TimeSpan.FromSeconds(75) };
        using var timeout = new CancellationTokenSource(Bound);
        using var text = new StringWriter();
        ChaosResult result;
        try
        {
            result = await new ChaosRun(options, TextWriter.Synchronized(text)).RunAsync(timeout.Token);
            ChaosReport.Write(result, options, text);
        }
        finally
        {
            output.WriteLine(text.ToString());
        }

        Assert.Empty(result.Findings.SelectMany(finding => finding.Violations.Select(violation => $"{finding.Invariant}: {violation}")));
        Assert.True(result.Faults.Count(kind => kind.Happened > 0) >= LeastKinds, "Too few kinds of faults happened for the run to mean anything.");
        Assert.Contains(result.Faults, kind => kind is { Kind: nameof(KillServer), Happened: > 0 });
        Assert.NotEmpty(result.Evidence.Orders);
        Assert.All(result.Findings.Where(finding => finding.Invariant != new PoisonIsParked().Name),
            finding => Assert.True(finding.Checked > 0, $"'{finding.Invariant}' had nothing to look at."));
    }
}
