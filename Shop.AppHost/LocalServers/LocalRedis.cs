using System.Globalization;
using StackExchange.Redis;

namespace Shop.AppHost.LocalServers;

/// <summary>The installed Redis. Its password is in a file that only its user may read, not on the command line.</summary>
internal sealed class LocalRedis(RedisResource server) : LocalServer(server)
{
    private const string Program = "redis-server";

    public override string Package => "redis-server";

    public override bool IsInstalled => Programs.Find(Program) is not null;

    public override async Task<IReadOnlyList<string>> PrepareAsync(string directory, bool isThrowAway, CancellationToken cancellationToken)
    {
        var password = server.PasswordParameter is { } parameter ? await parameter.GetValueAsync(cancellationToken) : null;
        string[] settings =
        [
            "bind 127.0.0.1",
            $"port {Port(server.PrimaryEndpoint.EndpointName).ToString(CultureInfo.InvariantCulture)}",
            $"requirepass {Quote(password ?? "")}",
            $"dir {Quote(directory)}",
            "appendonly yes",
            $"appendfsync {(isThrowAway ? "no" : "everysec")}",
            "save \"\"",
            "daemonize no",
            "loglevel warning",
        ];
        var file = Path.Combine(directory, "redis.conf");
        PrivateFiles.Write(file, string.Join('\n', settings) + "\n");
        return [Programs.Find(Program)!, file];
    }

    public override async Task AskAsync(CancellationToken cancellationToken)
    {
        var connectionString = await server.ConnectionStringExpression.GetValueAsync(cancellationToken);
        await using var client = await ConnectionMultiplexer.ConnectAsync(connectionString ?? "");
        await client.GetDatabase().PingAsync();
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
