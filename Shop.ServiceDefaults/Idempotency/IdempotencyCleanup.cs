using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.ServiceDefaults.Database;

namespace Shop.ServiceDefaults.Idempotency;

/// <summary>Deletes keys after 24 hours.</summary>
internal sealed class IdempotencyCleanup<TContext>(
    IServiceScopeFactory scopes, TimeProvider time, ILogger<IdempotencyCleanup<TContext>> logger)
    : PeriodicCleanup<TContext>(TimeSpan.FromMinutes(15), scopes, time, logger) where TContext : DbContext
{
    /// <inheritdoc />
    protected override IEnumerable<FormattableString> Deletes() =>
    [
        $"""
        DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT {SetSize}))
        """,
    ];
}
