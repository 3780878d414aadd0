using Microsoft.EntityFrameworkCore;
using Shop.Messaging.Outbox;
using Shop.Orders.Orders;
using Shop.ServiceDefaults.Database;

namespace Shop.Orders.Data;

/// <summary>The orders database.</summary>
internal sealed class OrdersDbContext(DbContextOptions<OrdersDbContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<OrderStatusChange> OrderStatusChanges => Set<OrderStatusChange>();

    /// <summary>Reads an order and locks it until the transaction ends, so that whoever else changes it waits instead of failing.</summary>
    public Task<Order?> LockOrderAsync(Guid id, CancellationToken cancellationToken) => Orders
        .FromSql($"SELECT *, xmin FROM orders WHERE id = {id} FOR NO KEY UPDATE")
        .SingleOrDefaultAsync(cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<OrderActor>().HaveConversion<SnakeCaseEnumConverter<OrderActor>>();
        configuration.Properties<OrderFlow>().HaveConversion<SnakeCaseEnumConverter<OrderFlow>>();
        configuration.Properties<OrderStatus>().HaveConversion<SnakeCaseEnumConverter<OrderStatus>>();
        configuration.Properties<OrderPaymentStatus>().HaveConversion<SnakeCaseEnumConverter<OrderPaymentStatus>>();
        configuration.Properties<PaymentMethod>().HaveConversion<SnakeCaseEnumConverter<PaymentMethod>>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders");
            order.Property(o => o.Id).ValueGeneratedNever();
            order.Property(o => o.Version).HasColumnName("xmin").IsRowVersion();
            order.HasMany(o => o.Lines).WithOne().HasForeignKey(line => line.OrderId);
            order.HasMany(o => o.History).WithOne().HasForeignKey(change => change.OrderId);
        });
        modelBuilder.Entity<OrderLine>(line =>
        {
            line.ToTable("order_lines");
            line.HasKey(l => new { l.OrderId, l.ProductId });
        });
        modelBuilder.Entity<OrderStatusChange>(change =>
        {
            change.ToTable("order_status_changes");
            change.Property(c => c.Id).UseIdentityAlwaysColumn();
        });

        modelBuilder.AddOutbox();
        modelBuilder.UseSnakeCaseColumns();
    }
}
