using System.Diagnostics;

namespace Shop.AppHost.LocalServers;

/// <summary>The programs of this machine.</summary>
internal static class Programs
{
    // Where servers are kept that an ordinary user's PATH does not name.
    private static readonly string[] AlsoSearched = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Finds a program in PATH.</summary>
    /// <returns>Its path, or null.</returns>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(AlsoSearched)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a short program to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>The exit code, and what it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> TryRunAsync(
        IReadOnlyList<string> command, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start) ?? throw new DistributedApplicationException($"{command[0]} could not be started.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs a short program that has to succeed.</summary>
    /// <exception cref="DistributedApplicationException">It failed; the message has what it wrote.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, string input, CancellationToken cancellationToken)
    {
        var (code, output) = await TryRunAsync(command, input, cancellationToken);
        if (code != 0)
            throw new DistributedApplicationException($"{command[0]} ended with exit code {code}:{Environment.NewLine}{output}");
    }
}
