using System.Collections.Concurrent;
using Shop.Rig.Chaos.Faults;
using Shop.Rig.Chaos.Load;
using Shop.Rig.Invariants;

namespace Shop.Rig.Chaos;

/// <summary>How a run ended.</summary>
/// <param name="Findings">Each invariant.</param>
/// <param name="Faults">The faults that happened, by kind, and those that did not: their target was down already, or never came to the point.</param>
/// <param name="Tally">What else happened.</param>
/// <param name="Evidence">What the findings are about.</param>
/// <param name="Directory">The logs and notes; kept when something was found.</param>
internal sealed record ChaosResult(
    IReadOnlyList<Finding> Findings, IReadOnlyList<(string Kind, int Happened, int Missed)> Faults, Tally Tally, Evidence Evidence, string Directory)
{
    public bool Holds => Findings.All(finding => finding.Violations.Count == 0);
}

/// <summary>One run: open the shop, load it and break it, heal it, look at what it has made of that.</summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output)
{
    private const int BuyerCount = 24;
    private const int MaxAskedAgain = 400;
    private static readonly TimeSpan PatienceAskingAgain = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BacklogBound = TimeSpan.FromSeconds(150);

    private readonly long _begun = TimeProvider.System.GetTimestamp();
    private readonly Tally _tally = new();
    private readonly Journal _journal = new();
    private readonly ConcurrentBag<(Fault Fault, bool Happened)> _faults = [];

    /// <summary>Runs it.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public async Task<ChaosResult> RunAsync(CancellationToken cancellationToken)
    {
        var schedule = Schedule.Create(options.Seed, options.Length, options.Only);
        await SayAsync($"seed {options.Seed}, {options.Length.TotalSeconds:0} s, {schedule.Count} faults");
        ChaosResult result;
        await using (var shop = await ChaosShop.StartAsync(cancellationToken: cancellationToken))
        {
            await SayAsync($"the shop is open; logs and notes are in {shop.Directory}");
            await using var tap = await Tap.StartAsync(shop, cancellationToken);
            using var client = new ShopClient(shop.Shop, _journal, _tally);
            var market = new Market(client, _journal, _tally);
            var reader = shop.CreateReader();
            var before = new Evidence
            {
                InitialStock = await reader.ReadStockAsync(cancellationToken),
                BeforeTap = await reader.ReadEventIdsAsync(cancellationToken),
            };
            await market.OpenAsync(BuyerCount, cancellationToken);

            var attack = new Attack(shop, tap, _tally);
            await BreakAsync(attack, market, schedule, cancellationToken);
            await SayAsync("the faults are over; starting what does not run");
            await shop.StartAllAsync(cancellationToken);
            await AskAgainAsync(client, cancellationToken);
            var backlog = await reader.WaitForBacklogAsync(BacklogBound, cancellationToken);
            await SayAsync($"backlog {(backlog.IsZero ? "zero" : backlog)} after {backlog.Waited.TotalSeconds:0.0} s (bound {BacklogBound.TotalSeconds:0} s)");
            var evidence = tap.AddTo(await reader.ReadAsync(before with
            {
                Journal = _journal,
                Backlog = backlog,
                Poison = attack.Poison,
                Faults = _faults.Count(fault => fault.Happened),
                DatabaseCrashed = _faults.Any(fault => fault is { Happened: true, Fault: KillBackend or KillServer { Server: Names.Postgres } }),
            }, cancellationToken));
            result = new ChaosResult(AllInvariants.Check(evidence), CountFaults(), _tally, evidence, shop.Directory);
        }

        if (result.Holds)
            Directory.Delete(result.Directory, recursive: true);
        return result;
    }

    /// <summary>Loads the shop for the length of the run, and injects each fault at its time.</summary>
    private async Task BreakAsync(Attack attack, Market market, IReadOnlyList<PlannedFault> schedule, CancellationToken cancellationToken)
    {
        using var healing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var begun = TimeProvider.System.GetTimestamp();
        var load = LoadDriver.RunAsync(market, options.Rate, options.Seed, healing.Token);
        List<Task> faults = [];
        foreach (var (at, fault) in schedule)
        {
            await Task.Delay(Positive(at - TimeProvider.System.GetElapsedTime(begun)), cancellationToken);
            await SayAsync($"{fault}");
            faults.Add(InjectAsync(attack, fault, healing.Token));
        }

        await Task.Delay(Positive(options.Length - TimeProvider.System.GetElapsedTime(begun)), cancellationToken);
        await healing.CancelAsync();
        await Task.WhenAll(faults);
        await load;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task InjectAsync(Attack attack, Fault fault, CancellationToken healing)
    {
        var happened = await fault.InjectAsync(attack, healing);
        _faults.Add((fault, happened));
        if (!happened)
            await SayAsync($"  did not happen: {fault}");
    }

    /// <summary>Asks with the same keys again: for the answers that never came, and whether those that came are still the same.</summary>
    private async Task AskAgainAsync(ShopClient client, CancellationToken cancellationToken)
    {
        var open = _journal.Requests.Values.Where(request => _journal.AnswersTo(request.Key).Count == 0).ToList();
        var answered = _journal.Requests.Values.Where(request => _journal.AnswersTo(request.Key).Count > 0).Take(MaxAskedAgain);
        await SayAsync($"asking again: {open.Count} requests that got no answer, and some that did");
        await Parallel.ForEachAsync(open.Concat(answered), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (request, token) => await client.PostAsync(request, PatienceAskingAgain, token));
    }

    private IReadOnlyList<(string, int, int)> CountFaults() =>
        [.. _faults.GroupBy(fault => fault.Fault.Kind()).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => (kind.Key, kind.Count(fault => fault.Happened), kind.Count(fault => !fault.Happened)))];

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private Task SayAsync(string text) => output.WriteLineAsync($"{TimeProvider.System.GetElapsedTime(_begun):mm\\:ss\\.f}  {text}");
}
