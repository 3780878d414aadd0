using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Local;

/// <summary>Listens on the port of a resource and passes each connection to the next of its copies that takes it.</summary>
internal sealed class ReplicaProxy : IAsyncDisposable
{
    private const int MaxConnections = 4096;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _connections = new(MaxConnections);
    private readonly List<TcpListener> _listeners = [];
    private readonly IReadOnlyList<(Func<bool> IsRunning, int Port)> _copies;
    private int _next = -1;

    public ReplicaProxy(int port, IReadOnlyList<(Func<bool> IsRunning, int Port)> copies)
    {
        _copies = copies;
        Listen(IPAddress.Loopback, port);
        if (Socket.OSSupportsIPv6)
            Listen(IPAddress.IPv6Loopback, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var listener in _listeners)
            listener.Dispose();
        _stopping.Dispose();
    }

    private void Listen(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            listener.Dispose();
            return;
        }

        _listeners.Add(listener);
        _ = AcceptAsync(listener, _stopping.Token);
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _connections.WaitAsync(cancellationToken).ConfigureAwait(false);
                var client = await listener.AcceptSocketAsync(cancellationToken).ConfigureAwait(false);
                _ = ServeAsync(client, cancellationToken);
            }
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy has stopped.
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        try
        {
            using (client)
            using (var server = await ConnectAsync(cancellationToken).ConfigureAwait(false))
            {
                // Nobody takes it: the client sees a closed connection, as it would without a proxy.
                if (server is null)
                    return;

                client.NoDelay = true;
                await Task.WhenAll(CopyAsync(client, server, cancellationToken), CopyAsync(server, client, cancellationToken)).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone; closing both tells the other.
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<Socket?> ConnectAsync(CancellationToken cancellationToken)
    {
        var first = (uint)Interlocked.Increment(ref _next);
        for (var i = 0u; i < _copies.Count; i++)
        {
            var (isRunning, port) = _copies[(int)((first + i) % (uint)_copies.Count)];
            if (!isRunning())
                continue;

            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ConnectTimeout);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port, limit.Token).ConfigureAwait(false);
                return server;
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                server.Dispose();
            }
        }

        return null;
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            await source.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // A broken half breaks the whole: the other direction must not wait for it.
            from.Close();
            to.Close();
            throw;
        }
    }
}
