using System.Diagnostics;
using Aspire.Hosting.Local;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>What happens to processes when their AppHost is killed and cannot stop them itself.</summary>
public sealed class GuardTests
{
    [Fact]
    public async Task The_guard_ends_even_what_does_not_want_to_end_and_what_that_started()
    {
        var directory = Directory.CreateTempSubdirectory("shop-guard-").FullName;
        await using var data = await DataDirectory.OpenAsync(directory, throwAway: true, TestHost.Soon);
        var launcher = new ProcessLauncher(data);
        var polite = launcher.Start(Shell("exec sleep 300"), (_, _) => { });
        var stubborn = launcher.Start(Shell("trap '' TERM INT; sleep 301 & while :; do sleep 1; done"), (_, _) => { });
        await Eventually.HoldsAsync(() => ProcessGroup.IsAlive(polite.Id) && Directory.GetFiles(data.RunDirectory).Length == 2, "both run and are known");

        // The end of its standard input is all that a guard learns of the end of its AppHost.
        using var script = new StreamReader(typeof(DataDirectory).Assembly.GetManifestResourceStream("Guard.sh")!);
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        foreach (var argument in (string[])["-c", await script.ReadToEndAsync(), "guard", data.RunDirectory, ""])
            start.ArgumentList.Add(argument);
        using var guard = Process.Start(start)!;
        var begun = Stopwatch.GetTimestamp();
        guard.StandardInput.Close();
        await guard.WaitForExitAsync(TestHost.Soon);

        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.False(ProcessGroup.IsAlive(polite.Id));
        Assert.False(ProcessGroup.IsAlive(stubborn.Id));
        Assert.Empty(Directory.EnumerateFiles(data.RunDirectory));
    }

    private static ProcessSpec Shell(string script) => new() { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/tmp" };
}
