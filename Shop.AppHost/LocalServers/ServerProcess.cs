using System.Globalization;

namespace Shop.AppHost.LocalServers;

/// <summary>A server as a process of the orchestrator, below a shell (<c>serve.sh</c>) that stops it well and leaves nothing of it.</summary>
/// <param name="server">The server that it stands for.</param>
/// <param name="directory">Its data.</param>
internal sealed class ServerProcess(IResourceWithConnectionString server, string directory)
    : ExecutableResource(server.Name, "/bin/sh", directory), IResourceWithConnectionString
{
    /// <summary>How long a start waits for what an AppHost that was killed has left of the same server, in seconds.</summary>
    private const int PatienceSeconds = 30;

    public ReferenceExpression ConnectionStringExpression => server.ConnectionStringExpression;

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => server.GetConnectionProperties();

    /// <summary>A command that ends when nothing is left of the server, and fails when that takes too long.</summary>
    /// <param name="lockFile">What the server holds locked as long as anything of it lives.</param>
    public static IReadOnlyList<string> UntilGone(string lockFile) =>
        ["flock", "--wait", PatienceSeconds.ToString(CultureInfo.InvariantCulture), lockFile, "true"];
}
