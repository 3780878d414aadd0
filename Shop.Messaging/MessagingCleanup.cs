using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Shop.Messaging;

/// <summary>Deletes published outbox rows and old inbox rows, in sets small enough to stay out of everybody's way.</summary>
internal sealed partial class MessagingCleanup<TContext>(
    IServiceScopeFactory scopes,
    IOptions<MessagingOptions> options,
    TimeProvider time,
    ILogger<MessagingCleanup<TContext>> logger) : BackgroundService where TContext : DbContext
{
    private const int MaxBatchesPerRun = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<TContext>();
                await DeleteInSetsAsync(db, """
                    DELETE FROM outbox WHERE sequence = ANY (ARRAY(
                        SELECT sequence FROM outbox WHERE published_at < now() - make_interval(hours => {0}) ORDER BY published_at LIMIT 5000))
                    """, options.Value.OutboxRetentionHours, stoppingToken);
                await DeleteInSetsAsync(db, """
                    DELETE FROM inbox WHERE ctid = ANY (ARRAY(
                        SELECT ctid FROM inbox WHERE received_at < now() - make_interval(days => {0}) LIMIT 5000))
                    """, options.Value.InboxRetentionDays, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    private static async Task DeleteInSetsAsync(TContext db, string sql, int age, CancellationToken cancellationToken)
    {
        for (var batch = 0; batch < MaxBatchesPerRun; batch++)
        {
            if (await db.Database.ExecuteSqlRawAsync(sql, [age], cancellationToken) == 0)
                return;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not clean up the outbox and inbox; trying again later")]
    private static partial void Failed(ILogger logger, Exception exception);
}
