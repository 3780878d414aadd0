using System.Diagnostics;
using System.Text;

namespace Aspire.Hosting.Local;

/// <summary>Starts processes, each in a session of its own and known to the guard before it runs.</summary>
internal sealed class ProcessLauncher(DataDirectory data)
{
    // Notes "start-time signal" under the process id, then becomes the program: the guard never misses a process.
    private const string Register =
        """
        IFS=' ' read -r a b c d e f g h i j k l m n o p q r s t u start rest < /proc/$$/stat
        echo "$start $1" > "$0/$$"
        shift
        exec "$@"
        """;

    // Meant for the AppHost alone.
    private static readonly string[] NotInherited =
        ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_LAUNCH_PROFILE", "URLS"];

    private static readonly string[] NotInheritedPrefixes = ["Parameters__", "ConnectionStrings__", "ASPIRE_", "DOTNET_CLI_", "MSBUILD"];

    /// <summary>Starts a process.</summary>
    /// <param name="spec">What to start.</param>
    /// <param name="onLine">Called with each line it writes and whether that went to standard error.</param>
    /// <returns>The process.</returns>
    /// <exception cref="DistributedApplicationException">It cannot be started.</exception>
    public LocalProcess Start(ProcessSpec spec, Action<string, bool> onLine)
    {
        var start = StartInfo(spec);
        start.FileName = "setsid";
        // Other shells drop variables whose names they could not have, such as services__basket-api__http__0.
        start.ArgumentList.Add("/bin/bash");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Register);
        start.ArgumentList.Add(data.RunDirectory);
        start.ArgumentList.Add(spec.StopsLikePostgres ? "INT" : "TERM");
        AddProgram(start, spec);

        if (!Directory.Exists(spec.WorkingDirectory))
            throw new DistributedApplicationException($"The working directory {spec.WorkingDirectory} does not exist.");
        if (Find(spec.FileName) is null)
            throw new DistributedApplicationException($"The program '{spec.FileName}' was not found.");

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Pass(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, isError: true);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (spec.StandardInput is not null)
            process.StandardInput.Write(spec.StandardInput);
        process.StandardInput.Close();
        return new LocalProcess(process, spec.StopsLikePostgres, Path.Combine(data.RunDirectory, $"{process.Id}"));

        void Pass(string? line, bool isError)
        {
            if (line is not null)
                onLine(line, isError);
        }
    }

    /// <summary>Runs a short program to its end.</summary>
    /// <param name="spec">What to run.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="DistributedApplicationException">It failed; the message has what it wrote.</exception>
    public async Task RunAsync(ProcessSpec spec, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        var process = Start(spec, (line, _) =>
        {
            lock (output)
                output.AppendLine(line);
        });
        try
        {
            await process.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await process.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        }

        var code = await process.Exited.ConfigureAwait(false);
        if (code != 0)
            throw new DistributedApplicationException($"{Path.GetFileName(spec.FileName)} ended with exit code {code}:{System.Environment.NewLine}{output}");
    }

    /// <summary>Finds a program by its path or in PATH.</summary>
    public static string? Find(string fileName) => fileName.Contains('/', StringComparison.Ordinal)
        ? File.Exists(fileName) ? fileName : null
        : (System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':')
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"])
            .Select(directory => Path.Combine(directory, fileName))
            .FirstOrDefault(File.Exists);

    private static ProcessStartInfo StartInfo(ProcessSpec spec)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(IsNotInherited).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in spec.Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        return start;
    }

    private static void AddProgram(ProcessStartInfo start, ProcessSpec spec)
    {
        if (spec.User is not null && Native.IsRoot)
        {
            foreach (var argument in (string[])["setpriv", $"--reuid={spec.User}", $"--regid={spec.User}", "--clear-groups", "--"])
                start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add(spec.FileName);
        foreach (var argument in spec.Arguments)
            start.ArgumentList.Add(argument);
    }

    private static bool IsNotInherited(string name) =>
        NotInherited.Contains(name, StringComparer.OrdinalIgnoreCase)
        || NotInheritedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
