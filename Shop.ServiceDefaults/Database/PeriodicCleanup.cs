using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shop.ServiceDefaults.Database;

/// <summary>Deletes old rows now and then, in sets small enough to stay out of everybody's way. Replicas may do it at the same time.</summary>
public abstract partial class PeriodicCleanup<TContext>(
    TimeSpan interval, IServiceScopeFactory scopes, TimeProvider time, ILogger logger) : BackgroundService where TContext : DbContext
{
    /// <summary>Rows that one statement deletes.</summary>
    protected const int SetSize = 5_000;

    private const int MaxSetsPerRun = 1_000;

    /// <summary>The statements. Each deletes at most <see cref="SetSize"/> rows, and is repeated until there are none.</summary>
    protected abstract IEnumerable<FormattableString> Deletes();

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<TContext>();
                foreach (var delete in Deletes())
                    await DeleteAsync(db, delete, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    private static async Task DeleteAsync(TContext db, FormattableString delete, CancellationToken cancellationToken)
    {
        for (var set = 0; set < MaxSetsPerRun; set++)
        {
            if (await db.Database.ExecuteSqlAsync(delete, cancellationToken) == 0)
                return;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not delete old rows; trying again later")]
    private static partial void Failed(ILogger logger, Exception exception);
}
