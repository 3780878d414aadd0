using Microsoft.EntityFrameworkCore;
using Shop.Messaging.Outbox;
using Shop.ServiceDefaults.Database;

namespace Shop.Rig.Probe;

/// <summary>The database of a service that only notes what it handled.</summary>
internal sealed class ProbeContext(DbContextOptions<ProbeContext> options) : DbContext(options)
{
    public DbSet<HandledEvent> Handled => Set<HandledEvent>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<HandledEvent>().ToTable("handled").Property(row => row.Id).UseIdentityAlwaysColumn();
        modelBuilder.AddOutbox();
        modelBuilder.UseSnakeCaseColumns();
    }
}

internal sealed class HandledEvent
{
    public long Id { get; private set; }

    public required Guid OrderId { get; init; }

    public required string Note { get; init; }

    public string? TraceId { get; init; }
}
