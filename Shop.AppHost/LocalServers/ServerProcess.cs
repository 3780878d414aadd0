namespace Shop.AppHost.LocalServers;

/// <summary>A server as a process of the orchestrator, below a shell (<c>serve.sh</c>) that stops it well and leaves nothing of it.</summary>
/// <param name="name">The name of the server that it stands for.</param>
/// <param name="directory">Its data.</param>
internal sealed class ServerProcess(string name, string directory) : ExecutableResource(name, "/bin/sh", directory);
