using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;

namespace Aspire.Hosting.Redis;

/// <summary>Runs the installed Redis. Its configuration, with the password, comes through standard input, not the command line.</summary>
internal sealed class LocalRedis(RedisResource server) : LocalServer
{
    private const string Program = "redis-server";

    public override string Package => "redis-server";

    public override bool IsInstalled => ProcessLauncher.Find(Program) is not null;

    public override async Task<ProcessSpec> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        var password = await server.PasswordParameter!.GetValueAsync(cancellationToken).ConfigureAwait(false);
        string[] configuration =
        [
            "bind 127.0.0.1",
            $"port {context.Port(RedisResource.PrimaryEndpointName).ToString(CultureInfo.InvariantCulture)}",
            $"requirepass {Quote(password ?? "")}",
            $"dir {Quote(context.DataDirectory)}",
            "appendonly yes",
            $"appendfsync {(context.IsThrowAway ? "no" : "everysec")}",
            "save \"\"",
            "daemonize no",
            "loglevel warning",
        ];
        return new ProcessSpec
        {
            FileName = ProcessLauncher.Find(Program)!,
            Arguments = ["-"],
            WorkingDirectory = context.DataDirectory,
            StandardInput = string.Join('\n', configuration) + "\n",
        };
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
