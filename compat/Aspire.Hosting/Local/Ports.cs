using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Local;

/// <summary>Gives out ports of the loopback addresses.</summary>
internal sealed class Ports
{
    // Below the range from which the system takes the ports of outgoing connections.
    private const int First = 20000;
    private const int Last = 32000;
    private const int Attempts = 200;

    private readonly HashSet<int> _given = [];

    /// <summary>Takes a port when it is free.</summary>
    public bool TryTake(int port) => !_given.Contains(port) && IsFree(port) && _given.Add(port);

    /// <summary>Takes any free port.</summary>
    public int TakeAny()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            if (TryTake(port))
                return port;
        }

        throw new DistributedApplicationException($"No free port was found between {First} and {Last}.");
    }

    private static bool IsFree(int port) =>
        CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

    private static bool CanBind(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException exception)
        {
            // A machine may support IPv6 and have no IPv6 loopback.
            return exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
