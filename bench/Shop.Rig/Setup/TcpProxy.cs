using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Shop.Rig.Setup;

/// <summary>Stands between a service and a server, and is as bad a network as it is told to be.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly IPEndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Link, bool> _links = [];
    private volatile bool _refuses;
    private volatile bool _swallows;
    private volatile int _delayMilliseconds;

    private TcpProxy(IPEndPoint target) => _target = target;

    /// <summary>Where the service connects to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Begins to listen on a free port.</summary>
    public static TcpProxy Start(IPEndPoint target)
    {
        var proxy = new TcpProxy(target);
        proxy._listener.Start();
        _ = proxy.AcceptAsync();
        return proxy;
    }

    /// <summary>Every chunk waits this long on its way; zero for none.</summary>
    public void Delay(TimeSpan delay) => _delayMilliseconds = (int)delay.TotalMilliseconds;

    /// <summary>Breaks every connection with a reset.</summary>
    /// <returns>How many there were.</returns>
    public int Cut()
    {
        var links = _links.Keys.ToList();
        foreach (var link in links)
            link.Break();
        return links.Count;
    }

    /// <summary>Breaks every connection and takes none, until it is told otherwise.</summary>
    public void Refuse(bool refuses)
    {
        _refuses = refuses;
        if (refuses)
            Cut();
    }

    /// <summary>
    /// Takes everything and forwards nothing, neither bytes nor the end of a connection, as when the other machine has
    /// lost its power. In the end it breaks the connections that this has happened to.
    /// </summary>
    public void Swallow(bool swallows)
    {
        _swallows = swallows;
        if (!swallows)
            Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (_stopping.IsCancellationRequested && exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy has stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var link = new Link(client);
        _links[link] = true;
        try
        {
            if (_refuses)
            {
                link.Break();
                return;
            }

            if (!_swallows)
                await link.Server.ConnectAsync(_target, _stopping.Token);
            await Task.WhenAll(PumpAsync(link, link.Client, link.Server), PumpAsync(link, link.Server, link.Client));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone; that both are closed now tells the other.
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private async Task PumpAsync(Link link, Socket from, Socket to)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (from.Connected && await from.ReceiveAsync(buffer, _stopping.Token) is > 0 and var count)
            {
                if (_delayMilliseconds is > 0 and var delay)
                    await Task.Delay(delay, _stopping.Token);
                if (_swallows)
                    link.HasLost = true;
                if (link.HasLost)
                    continue;
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stopping.Token);
            }

            // Nothing tells the other side that this one has gone, until the connection is broken.
            if (link.HasLost || _swallows)
                await link.Broken.WaitAsync(_stopping.Token);
            else
                to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            link.Break();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        Cut();
        _stopping.Dispose();
    }

    private sealed class Link(Socket client) : IDisposable
    {
        private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Socket Client { get; } = Prepare(client);

        public Socket Server { get; } = Prepare(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

        public Task Broken => _broken.Task;

        /// <summary>Whether bytes were swallowed. Nothing may follow them: a stream with a hole is no stream.</summary>
        public bool HasLost { get; set; }

        public void Break()
        {
            _broken.TrySetResult();
            Dispose();
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }

        /// <remarks>Without lingering a close is a reset.</remarks>
        private static Socket Prepare(Socket socket)
        {
            socket.NoDelay = true;
            socket.LingerState = new LingerOption(true, 0);
            return socket;
        }
    }
}
