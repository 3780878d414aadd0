using System.Text.Json;
using Aspire.Dashboard.Telemetry;
using Aspire.ResourceService;

namespace Aspire.Dashboard.Resources;

/// <summary>Knows the resources as the AppHost told them last.</summary>
internal sealed partial class ResourceWatcher(ResourceServiceClient client, TimeProvider time, ILogger<ResourceWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private ResourceState[] _resources = [];

    public Topic Changed { get; } = new();

    public IReadOnlyList<ResourceState> Resources => Volatile.Read(ref _resources);

    /// <summary>Whether what is known is what is.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>The copies of a resource.</summary>
    public IReadOnlyList<ResourceState> CopiesOf(string name) => [.. Resources.Where(resource => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase))];

    public ResourceState? Find(string? id) => Resources.FirstOrDefault(resource => string.Equals(resource.Id, id, StringComparison.OrdinalIgnoreCase));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (client.IsConfigured && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var resources in client.WatchAsync(stoppingToken))
                {
                    Volatile.Write(ref _resources, resources);
                    IsConnected = true;
                    Changed.Raise();
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
            {
                if (IsConnected)
                    Lost(exception.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            IsConnected = false;
            Changed.Raise();
            await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The AppHost does not answer: {Reason}")]
    private partial void Lost(string reason);
}
