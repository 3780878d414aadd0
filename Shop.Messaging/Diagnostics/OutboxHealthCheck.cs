using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Shop.Messaging.Outbox;

namespace Shop.Messaging.Diagnostics;

/// <summary>Degraded, not unhealthy: a service whose events wait still answers, and must not be taken out of service for it.</summary>
internal sealed class OutboxHealthCheck<TContext>(
    OutboxStore<TContext> store, MessagingMetrics metrics, IOptions<MessagingOptions> options) : IHealthCheck where TContext : DbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var lag = await store.MeasureAsync(cancellationToken);
        metrics.Measured(lag);
        var text = $"{lag.Pending} pending, the oldest for {lag.OldestAge.TotalSeconds:0} s, {lag.Parked} parked, {metrics.DeadLetters ?? 0} dead letters";
        return lag.OldestAge.TotalSeconds > options.Value.MaxPendingAgeSeconds || lag.Parked > 0
            ? HealthCheckResult.Degraded(text)
            : HealthCheckResult.Healthy(text);
    }
}
