using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos;

/// <summary>Writes what the servers and the replicas of the services log into one file each.</summary>
internal sealed class ServiceLogs : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _copying;

    public ServiceLogs(DistributedApplication app, string directory) => _copying = CopyAllAsync(app, directory);

    private async Task CopyAllAsync(DistributedApplication app, string directory)
    {
        var loggers = app.Services.GetRequiredService<ResourceLoggerService>();
        Dictionary<string, Task> copying = [];
        try
        {
            await foreach (var change in app.ResourceNotifications.WatchAsync(_stopping.Token))
            {
                if (change.IsOfProcess() && !copying.ContainsKey(change.ResourceId))
                    copying.Add(change.ResourceId, CopyAsync(loggers, change.ResourceId, Path.Combine(directory, $"{change.ResourceId}.log")));
            }
        }
        finally
        {
            await Task.WhenAll(copying.Values);
        }
    }

    private async Task CopyAsync(ResourceLoggerService loggers, string copy, string path)
    {
        await using var file = new StreamWriter(path) { AutoFlush = true };
        await foreach (var batch in loggers.WatchAsync(copy).WithCancellation(_stopping.Token))
        {
            foreach (var line in batch)
                await file.WriteLineAsync($"{DateTime.UtcNow:HH:mm:ss.fff} {line.Content}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
