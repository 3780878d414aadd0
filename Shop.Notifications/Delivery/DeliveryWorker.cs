using Microsoft.Extensions.Options;
using Shop.Notifications.Notifications;

namespace Shop.Notifications.Delivery;

/// <summary>
/// Sends pending notifications in a few lanes. A signal after the commit wakes one lane, which wakes the next when there
/// was something to do; the first lane also polls, for what failed before or was left by a replica that died.
/// </summary>
internal sealed partial class DeliveryWorker(
    IServiceScopeFactory scopes, DeliverySignal signal, IOptions<DeliveryOptions> options, ILogger<DeliveryWorker> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency).Select(lane => RunLaneAsync(isPoller: lane == 0, stoppingToken)));

    private async Task RunLaneAsync(bool isPoller, CancellationToken stoppingToken)
    {
        var wait = isPoller ? TimeSpan.FromSeconds(options.Value.PollSeconds) : Timeout.InfiniteTimeSpan;
        if (!isPoller)
            await signal.WaitAsync(wait, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await DeliverNextAsync(stoppingToken))
                    continue;
                if (isPoller)
                    await FailAbandonedAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }
            await signal.WaitAsync(wait, stoppingToken);
        }
    }

    /// <returns>Whether there was something to deliver.</returns>
    private async Task<bool> DeliverNextAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<NotificationStore>().ClaimAsync(cancellationToken) is not { } notification)
            return false;

        signal.Set();
        await scope.ServiceProvider.GetRequiredService<NotificationSender>().DeliverAsync(notification, cancellationToken);
        return true;
    }

    private async Task FailAbandonedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<NotificationStore>().FailAbandonedAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A delivery lane failed; it goes on")]
    private static partial void Failed(ILogger logger, Exception exception);
}

internal static class DeliveryExtensions
{
    public static void AddDelivery(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DeliverySignal>();
        builder.Services.AddScoped<NotificationStore>();
        builder.Services.AddScoped<OrderNotifier>();
        builder.Services.AddScoped<NotificationSender>();
        builder.Services.AddHostedService<DeliveryWorker>();
    }
}
