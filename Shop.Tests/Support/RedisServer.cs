using System.Diagnostics;
using Shop.Rig.Setup;
using StackExchange.Redis;

namespace Shop.Tests.Support;

/// <summary>A Redis server of the test's own, with a password and without files, that can be stopped and started again on its port, empty.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly int _port = FreePort.Find();
    private readonly string _password = Guid.NewGuid().ToString("N"); // No other server lets this one's clients in.
    private Process? _process;

    public string ConnectionString => $"127.0.0.1:{_port},password={_password}";

    public Task InitializeAsync() => StartAsync();

    public Task DisposeAsync()
    {
        Stop();
        return Task.CompletedTask;
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server",
            ["--port", $"{_port}", "--bind", "127.0.0.1", "--requirepass", _password, "--save", "", "--logfile", "/dev/null"]));
        try
        {
            await Eventually.HoldsAsync(AnswersAsync, "redis-server answers");
        }
        catch
        {
            Stop(); // Of a fixture that has not begun nobody disposes.
            throw;
        }
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

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"redis-server has ended with {_process.ExitCode}; has something else taken its port {_port}?");

        try
        {
            using var client = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
            await client.GetDatabase().PingAsync();
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
