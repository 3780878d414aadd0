using Microsoft.EntityFrameworkCore;

namespace Shop.Messaging.Outbox;

/// <summary>The outbox in a service's model.</summary>
public static class OutboxModel
{
    /// <summary>Maps the outbox. The tables come with a migration of Shop.Messaging.</summary>
    public static void AddOutbox(this ModelBuilder model) => model.Entity<OutboxMessage>(message =>
    {
        message.ToTable("outbox");
        message.HasKey(row => row.Sequence);
        message.Property(row => row.Sequence).UseIdentityAlwaysColumn();
    });
}
