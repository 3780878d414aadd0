using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Shop.Notifications.Notifications;

namespace Shop.Notifications.Delivery;

/// <summary>
/// Sends pending notifications, a few at a time, and records those that are sent together. What was written in this process
/// comes by <see cref="DeliveryQueue"/>; the rest is claimed from the database: what failed before, or was left by a replica
/// that died.
/// </summary>
internal sealed partial class DeliveryWorker(
    IServiceScopeFactory scopes, DeliveryQueue queue, IOptions<DeliveryOptions> options, ILogger<DeliveryWorker> logger) : BackgroundService
{
    private readonly DeliveryOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var poll = TimeSpan.FromSeconds(_options.PollSeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DeliverAllAsync(stoppingToken);
                if (!await queue.WaitAsync(poll, stoppingToken))
                    await UseStoreAsync(async store => await store.FailAbandonedAsync(stoppingToken));
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
                await Task.Delay(poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        for (var left = queue.Take(_options.BatchSize); left.Count > 0; left = queue.Take(_options.BatchSize))
            await UseStoreAsync(store => store.GiveBackAsync(left, CancellationToken.None));
    }

    /// <summary>Delivers batch after batch until a claim finds fewer than it asked for: what comes after that signals again.</summary>
    private async Task DeliverAllAsync(CancellationToken cancellationToken)
    {
        var claimed = _options.BatchSize;
        while (claimed == _options.BatchSize)
        {
            for (var own = queue.Take(_options.BatchSize); own.Count > 0; own = queue.Take(_options.BatchSize))
                await DeliverAsync(own, cancellationToken);

            var others = await UseStoreAsync(store => store.ClaimAsync(_options.BatchSize, cancellationToken));
            await DeliverAsync(others, cancellationToken);
            claimed = others.Count;
        }
    }

    private async Task DeliverAsync(IReadOnlyList<Notification> batch, CancellationToken cancellationToken)
    {
        var attempts = Channel.CreateBounded<DeliveryAttempt>(Math.Max(1, batch.Count));
        var recording = RecordAsync(attempts.Reader);
        var begun = new ConcurrentBag<Notification>();
        try
        {
            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken },
                async (notification, stopping) =>
                {
                    begun.Add(notification);
                    await using var scope = scopes.CreateAsyncScope();
                    await attempts.Writer.WriteAsync(
                        await scope.ServiceProvider.GetRequiredService<NotificationSender>().TryDeliverAsync(notification, stopping), CancellationToken.None);
                });
        }
        finally
        {
            attempts.Writer.Complete();
            await recording;
            if (batch.Except(begun).ToList() is { Count: > 0 } left)
                await UseStoreAsync(store => store.GiveBackAsync(left, CancellationToken.None));
        }
    }

    /// <summary>Records what has ended while the next ones are on their way: one transaction for as many as there are.</summary>
    private async Task RecordAsync(ChannelReader<DeliveryAttempt> attempts)
    {
        List<DeliveryAttempt> ended = [];
        while (await attempts.WaitToReadAsync())
        {
            ended.Clear();
            while (attempts.TryRead(out var attempt))
                ended.Add(attempt);
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<NotificationSender>().RecordAsync(ended);
        }
    }

    private async Task<T> UseStoreAsync<T>(Func<NotificationStore, Task<T>> use)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<NotificationStore>());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The delivery worker failed; it goes on")]
    private static partial void Failed(ILogger logger, Exception exception);
}

internal static class DeliveryExtensions
{
    public static void AddDelivery(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DeliveryQueue>();
        builder.Services.AddScoped<NotificationStore>();
        builder.Services.AddScoped<OrderNotifier>();
        builder.Services.AddScoped<NotificationSender>();
        builder.Services.AddHostedService<DeliveryWorker>();
    }
}
