using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shop.ServiceDefaults;

/// <summary>Something that the first request would otherwise wait for.</summary>
/// <param name="Name">What it is, for the log.</param>
/// <param name="RunAsync">Does it. It changes nothing, and may fail: the first request then does it again.</param>
internal sealed record WarmUpStep(string Name, Func<IServiceProvider, CancellationToken, Task> RunAsync);

/// <summary>
/// Does once, beside the start, what the first request would otherwise wait for: it builds the database's model and opens a
/// connection, fetches the keys of tokens and the service's own token. The service is ready without it.
/// </summary>
internal sealed partial class WarmUp(IEnumerable<WarmUpStep> steps, IServiceScopeFactory scopes, ILogger<WarmUp> logger) : BackgroundService
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        bound.CancelAfter(Bound);
        foreach (var step in steps)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await step.RunAsync(scope.ServiceProvider, bound.Token);
            }
            catch (Exception exception)
            {
                NotWarm(logger, step.Name, exception.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Warming up {Step} failed: {Reason}")]
    private static partial void NotWarm(ILogger logger, string step, string reason);
}

internal static class WarmUpExtensions
{
    /// <summary>Adds a step of the warm-up.</summary>
    public static void AddWarmUp(this IServiceCollection services, string name, Func<IServiceProvider, CancellationToken, Task> runAsync)
    {
        services.AddSingleton(new WarmUpStep(name, runAsync));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WarmUp>());
    }
}
