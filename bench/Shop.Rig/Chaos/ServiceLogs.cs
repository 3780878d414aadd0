using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Rig.Chaos;

/// <summary>Writes what the servers and services log into one file each.</summary>
internal sealed class ServiceLogs : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<StreamWriter> _files = [];
    private readonly Task _copying;

    public ServiceLogs(DistributedApplication app, string directory)
    {
        var loggers = app.Services.GetRequiredService<ResourceLoggerService>();
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        _copying = Task.WhenAll(model.Resources
            .Where(resource => Names.Services.Contains(resource.Name) || Names.Servers.Contains(resource.Name))
            .Select(resource => CopyAsync(loggers, resource, Path.Combine(directory, $"{resource.Name}.log"))));
    }

    private async Task CopyAsync(ResourceLoggerService loggers, IResource resource, string path)
    {
        var file = new StreamWriter(path) { AutoFlush = true };
        _files.Add(file);
        await foreach (var batch in loggers.WatchAsync(resource).WithCancellation(_stopping.Token))
        {
            foreach (var line in batch)
                await file.WriteLineAsync($"{DateTime.UtcNow:HH:mm:ss.fff} {line.Content}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var file in _files)
            await file.DisposeAsync();
        _stopping.Dispose();
    }
}
