namespace Shop.AppHost.LocalServers;

/// <summary>A server as a process of the orchestrator, below a shell (<c>serve.sh</c>) that stops it well and leaves nothing of it.</summary>
/// <param name="server">The server that it stands for.</param>
/// <param name="directory">Its data.</param>
internal sealed class ServerProcess(IResourceWithConnectionString server, string directory)
    : ExecutableResource(server.Name, "/bin/sh", directory), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => server.ConnectionStringExpression;

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => server.GetConnectionProperties();
}
