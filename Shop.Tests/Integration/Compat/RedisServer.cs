using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Shop.Tests.Support;
using StackExchange.Redis;

namespace Shop.Tests.Integration.Compat;

/// <summary>A Redis server of the test's own, with a password, that can be stopped and started again on its port.</summary>
public sealed class RedisServer : IAsyncLifetime, IDisposable
{
    private const string Password = "for-this-test-only";

    private readonly string _directory = Directory.CreateTempSubdirectory("shop-redis-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    public string ConnectionString => $"127.0.0.1:{_port},password={Password}";

    public Task InitializeAsync() => StartAsync();

    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Stop();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server",
        [
            "--port", $"{_port}", "--bind", "127.0.0.1", "--requirepass", Password, "--dir", _directory,
            "--save", "", "--logfile", Path.Combine(_directory, "redis.log"),
        ]));
        await Eventually.HoldsAsync(AcceptsAsync, "redis-server accepts connections");
    }

    public void Stop()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public ConnectionMultiplexer Connect() => ConnectionMultiplexer.Connect(ConnectionString);

    private async Task<bool> AcceptsAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
