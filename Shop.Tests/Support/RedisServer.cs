using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Shop.Rig.Setup;
using StackExchange.Redis;

namespace Shop.Tests.Support;

/// <summary>A Redis server of the test's own, with a password and without files, that can be stopped and started again on its port, empty.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private const string Password = "for-this-test-only";

    private readonly int _port = FreePort.Find();
    private Process? _process;

    public string ConnectionString => $"127.0.0.1:{_port},password={Password}";

    public Task InitializeAsync() => StartAsync();

    public Task DisposeAsync()
    {
        Stop();
        return Task.CompletedTask;
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server",
            ["--port", $"{_port}", "--bind", "127.0.0.1", "--requirepass", Password, "--save", "", "--logfile", "/dev/null"]));
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
}
