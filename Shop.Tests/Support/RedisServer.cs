using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Shop.Tests.Support;

/// <summary>A redis-server of its own, without files, for the tests of one class.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly int _port = FreePort();
    private Process? _process;

    public string ConnectionString => $"127.0.0.1:{_port}";

    public async Task InitializeAsync()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();

        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
                return;
            }
            catch (RedisConnectionException) when (clock.Elapsed < StartLimit)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Stops the server; it may be started again on the same port, empty.</summary>
    public async Task DisposeAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
