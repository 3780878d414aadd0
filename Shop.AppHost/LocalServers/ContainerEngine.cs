using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Shop.AppHost.LocalServers;

/// <summary>The container engine of this machine, as far as one answers.</summary>
internal static class ContainerEngine
{
    /// <summary>How long an engine may take to say its version.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the engine that Aspire would use: the configured one, or else Docker and then Podman.</summary>
    /// <returns>Whether one answers, and a sentence that says so.</returns>
    public static (bool Answers, string Finding) Ask(IConfiguration configuration)
    {
        string[] engines = configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } chosen ? [chosen] : ["docker", "podman"];
        var findings = new List<string>();
        foreach (var engine in engines)
        {
            var (answers, finding) = Ask(engine);
            if (answers)
                return (true, finding);
            findings.Add(finding);
        }

        return (false, string.Join(", ", findings));
    }

    private static (bool Answers, string Finding) Ask(string engine)
    {
        var start = new ProcessStartInfo(engine, ["info"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.OutputDataReceived += static (_, _) => { }; // Read, lest the engine waits for a reader.
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience))
                return process.ExitCode == 0 ? (true, $"{engine} answers") : (false, $"{engine} has no engine running");

            process.Kill(entireProcessTree: true);
            return (false, $"{engine} does not answer within {Patience.TotalSeconds:0} s");
        }
        catch (Win32Exception)
        {
            return (false, $"{engine} is not installed");
        }
    }
}
