using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting.Local;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>The built AppHost in a process of its own, with everything that it keeps in one directory.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
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

    /// <summary>Starts the AppHost on free ports.</summary>
    /// <param name="directory">Its home and its data; every process of it knows this name.</param>
    /// <param name="path">Where it looks for programs, when not where the tests do.</param>
    public static AppHostProcess Start(string directory, string? path = null)
    {
        var start = new ProcessStartInfo(ProcessSpecs.DotnetHost())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var argument in (string[])
            [
                "exec", typeof(Projects.Shop_AppHost).Assembly.Location, "--environment=Development", $"--{LocalSettings.RandomizePortsKey}=true",
                $"--{LocalSettings.DataDirectoryKey}={directory}/data", $"--Shop:MailDirectory={directory}/mail",
            ])
            start.ArgumentList.Add(argument);
        start.Environment["HOME"] = directory;
        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        return new AppHostProcess(new Process { StartInfo = start });
    }

    public Task SaysAsync(string text, TimeSpan within) => Eventually.HoldsAsync(
        () => !_process.HasExited ? Output.Contains(text, StringComparison.Ordinal) : throw new InvalidOperationException($"The AppHost ended:\n{Output}"),
        $"the AppHost says '{text}'", within);

    public void Signal(int signal) => Native.Kill(_process.Id, signal);

    public async Task<TimeSpan> EndsAsync(TimeSpan within)
    {
        var begun = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(within);
        await _process.WaitForExitAsync(limit.Token);
        return Stopwatch.GetElapsedTime(begun);
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
}
