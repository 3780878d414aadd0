using System.Net;
using System.Net.Sockets;

namespace Shop.Rig.Setup;

/// <summary>Ports for servers that cannot be told to choose one themselves.</summary>
internal static class FreePort
{
    /// <summary>A port of loopback that nobody listens on now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
