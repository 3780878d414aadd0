using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Shop.Messaging.Outbox;

/// <inheritdoc />
internal sealed class Outbox<TContext>(TContext db, OutboxSignalInterceptor signal) : IOutbox where TContext : DbContext
{
    public Guid Add<TEvent>(TEvent message) where TEvent : IEvent
    {
        var id = Guid.CreateVersion7();
        db.Set<OutboxMessage>().Add(new OutboxMessage
        {
            Id = id,
            Type = TEvent.Type,
            Key = message.Key,
            Lane = OutboxLanes.Of(message.Key),
            Payload = JsonSerializer.SerializeToUtf8Bytes(message, EventJson.Options),
            TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
            TraceState = Activity.Current?.TraceStateString,
        });
        signal.Added(db);
        return id;
    }
}
