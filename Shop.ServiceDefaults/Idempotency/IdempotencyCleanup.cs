using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shop.ServiceDefaults.Idempotency;

/// <summary>Deletes keys after 24 hours, in sets.</summary>
internal sealed partial class IdempotencyCleanup<TContext>(
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<IdempotencyCleanup<TContext>> logger) : BackgroundService where TContext : DbContext
{
    private const int MaxBatchesPerRun = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await DeleteOldAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    private async Task DeleteOldAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        for (var batch = 0; batch < MaxBatchesPerRun; batch++)
        {
            var deleted = await db.Database.ExecuteSqlRawAsync("""
                DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT 5000))
                """, cancellationToken);
            if (deleted == 0)
                return;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not delete old idempotency keys; trying again later")]
    private static partial void Failed(ILogger logger, Exception exception);
}
