using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Shop.AppHost.LocalServers;

/// <summary>
/// The data of the servers: <c>LocalServers:DataDirectory</c>, or <c>.shop</c> beside the solution. One AppHost at a time holds it.
/// With <c>LocalServers:ThrowAwayData</c> it is a temporary one, which is deleted at the end.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private FileStream? _lock;

    public DataDirectory(IConfiguration configuration, string appHostDirectory)
    {
        IsThrowAway = configuration.GetValue("LocalServers:ThrowAwayData", defaultValue: false);
        Root = configuration["LocalServers:DataDirectory"] is { Length: > 0 } configured ? Path.GetFullPath(configured, appHostDirectory)
            : IsThrowAway ? Path.Combine(Path.GetTempPath(), $"shop-{Guid.NewGuid():N}")
            : Path.GetFullPath(Path.Combine(appHostDirectory, "..", ".shop"));
    }

    public string Root { get; }

    public bool IsThrowAway { get; }

    /// <summary>The directory of one server. What lies there may be a link, which the server looks after.</summary>
    public string Of(LocalServer server) => Path.Combine(Root, server.Name);

    /// <summary>A file that a server's process holds locked as long as anything of it lives.</summary>
    public string LockOf(LocalServer server) => Path.Combine(Root, $"{server.Name}.lock");

    /// <summary>Takes the directory for this AppHost.</summary>
    /// <exception cref="DistributedApplicationException">Another AppHost holds it.</exception>
    public void Open(IEnumerable<LocalServer> servers)
    {
        PrivateFiles.CreateDirectory(Root);
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(Root, File.GetUnixFileMode(Root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute); // A server's user passes.

        var holder = Path.Combine(Root, "apphost.pid");
        try
        {
            // The lock goes with its process, however that ends.
            _lock = new FileStream(Path.Combine(Root, "apphost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DistributedApplicationException(
                $"The data in {Root} is in use by another AppHost (process {(File.Exists(holder) ? File.ReadAllText(holder) : "unknown")}). "
                + "Stop that one first, or give this one a directory of its own with LocalServers__DataDirectory.",
                exception);
        }

        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        foreach (var directory in servers.Select(Of).Where(directory => new DirectoryInfo(directory).LinkTarget is null))
            PrivateFiles.CreateDirectory(directory);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _lock, null) is not { } held)
            return;
        File.Delete(Path.Combine(Root, "apphost.pid"));
        held.Dispose();
        if (IsThrowAway && Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
    }
}
