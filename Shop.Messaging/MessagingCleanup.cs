using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.Database;

namespace Shop.Messaging;

/// <summary>Deletes published outbox rows and old inbox rows.</summary>
internal sealed class MessagingCleanup<TContext>(
    IOptions<MessagingOptions> options, IServiceScopeFactory scopes, TimeProvider time, ILogger<MessagingCleanup<TContext>> logger)
    : PeriodicCleanup<TContext>(TimeSpan.FromMinutes(10), scopes, time, logger) where TContext : DbContext
{
    /// <inheritdoc />
    protected override IEnumerable<FormattableString> Deletes() =>
    [
        $"""
        DELETE FROM outbox WHERE sequence = ANY (ARRAY(
            SELECT sequence FROM outbox WHERE published_at < now() - make_interval(hours => {options.Value.OutboxRetentionHours})
            ORDER BY published_at LIMIT {SetSize}))
        """,
        $"""
        DELETE FROM inbox WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM inbox WHERE received_at < now() - make_interval(days => {options.Value.InboxRetentionDays}) LIMIT {SetSize}))
        """,
    ];
}
