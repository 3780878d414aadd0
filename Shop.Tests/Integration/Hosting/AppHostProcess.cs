using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Shop.Rig.Setup;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The built AppHost in a process of its own, as <c>dotnet run</c> starts it, with everything that it keeps in one directory.</summary>
internal sealed partial class AppHostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private AppHostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the AppHost on its declared ports.</summary>
    /// <param name="directory">Its home, its temporary files and its data; every process of it knows this name.</param>
    /// <param name="settings">What is added to its command line.</param>
    /// <param name="path">Where it looks for programs, when not where the tests do.</param>
    public static AppHostProcess Start(string directory, IReadOnlyList<string> settings, string? path = null)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory); // artifacts/bin/Shop.Tests/<configuration>/
        var assembly = Path.Combine(built.Parent!.Parent!.FullName, "Shop.AppHost", built.Name, "Shop.AppHost.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, $"--Shop:MailDirectory={directory}/mail", .. settings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Projects.Shop_AppHost.ProjectPath,
            Environment =
            {
                ["HOME"] = directory,
                ["TMPDIR"] = directory,
                // The launch profile.
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_URLS"] = "http://localhost:18888",
                ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:18889",
                ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            },
        };
        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        return new AppHostProcess(new Process { StartInfo = start });
    }

    public Task SaysAsync(string text, TimeSpan within) =>
        UntilAsync(() => Output.Contains(text, StringComparison.Ordinal), $"the AppHost says '{text}'", within);

    /// <summary>Waits for something that happens while the AppHost runs.</summary>
    public Task UntilAsync(Func<bool> condition, string expectation, TimeSpan within) => Eventually.HoldsAsync(
        () => !_process.HasExited ? condition() : throw new InvalidOperationException($"The AppHost ended:\n{Output}"), expectation, within);

    /// <summary>An address that it has printed.</summary>
    /// <param name="what">What stands before it.</param>
    public Uri Address(string what) => new(Addresses().Matches(Output).Single(match => match.Groups["what"].Value == what).Groups["url"].Value);

    public void Signal(int signal) => Assert.True(Signals.Send(_process.Id, signal), "The AppHost has ended.");

    public async Task EndsAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <summary>The processes that run for the AppHost of a directory: it is in their command line, environment, or where they work.</summary>
    public static IReadOnlyList<string> ProcessesOf(string directory) =>
        [.. Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0])).Select(process => Describe(process, directory)).OfType<string>()];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string? Describe(string process, string directory)
    {
        try
        {
            var commandLine = File.ReadAllText(Path.Combine(process, "cmdline"));
            var known = commandLine + File.ReadAllText(Path.Combine(process, "environ")) + new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget;
            return known.Contains(directory, StringComparison.Ordinal) ? $"{Path.GetFileName(process)}: {commandLine.Replace('\0', ' ')}" : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return null;
        }
    }

    [GeneratedRegex(@"^  (?<what>\w[\w ]*?) +(?<url>http://\S+)", RegexOptions.Multiline)]
    private static partial Regex Addresses();
}
