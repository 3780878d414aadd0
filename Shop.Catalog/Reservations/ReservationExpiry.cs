using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Shop.Catalog.Data;
using Shop.ServiceDefaults.Database;

namespace Shop.Catalog.Reservations;

/// <summary>
/// Ends reservations that nobody settled: the safety net for an order that was lost between reserving and being stored.
/// Of several replicas one works at a time.
/// </summary>
internal sealed partial class ReservationExpiry(
    IServiceScopeFactory scopes, IOptions<ReservationOptions> options, TimeProvider time, ILogger<ReservationExpiry> logger) : BackgroundService
{
    private const long LockId = 0x53484F50_45585052; // "SHOPEXPR"
    private const int MaxBatches = 50;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.ExpiryIntervalSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    /// <summary>Ends what is due, a bounded number of batches of it.</summary>
    /// <returns>How many reservations expired.</returns>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        for (var batch = 0; batch < MaxBatches; batch++)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
            var desk = scope.ServiceProvider.GetRequiredService<ReservationDesk>();
            var expired = await db.InTransactionAsync(async () =>
                await TryLockAsync(db, cancellationToken) ? await desk.ExpireBatchAsync(cancellationToken) : 0, cancellationToken);
            total += expired;
            if (expired < options.Value.ExpiryBatchSize)
                break;
        }

        if (total > 0)
            Expired(logger, total);
        return total;
    }

    /// <remarks>The lock ends with the transaction, also when the process dies.</remarks>
    private static Task<bool> TryLockAsync(CatalogDbContext db, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<bool>($"""SELECT pg_try_advisory_xact_lock({LockId}) AS "Value" """).SingleAsync(cancellationToken);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} reservations expired")]
    private static partial void Expired(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Expired reservations could not be ended; trying again later")]
    private static partial void Failed(ILogger logger, Exception exception);
}

internal static class ReservationServices
{
    public static void AddReservations(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ReservationOptions>().BindConfiguration(ReservationOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddScoped<ReservationDesk>();
        builder.Services.AddHostedService<ReservationExpiry>();
    }
}
