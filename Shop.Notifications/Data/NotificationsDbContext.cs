using Microsoft.EntityFrameworkCore;
using Shop.Messaging.Outbox;
using Shop.Notifications.Notifications;
using Shop.Notifications.Recipients;
using Shop.ServiceDefaults.Database;

namespace Shop.Notifications.Data;

/// <summary>The database of notifications. The schema itself is in <c>Migrations/</c>.</summary>
internal sealed class NotificationsDbContext(DbContextOptions<NotificationsDbContext> options) : DbContext(options)
{
    public DbSet<Recipient> Recipients => Set<Recipient>();
    public DbSet<OrderContact> OrderContacts => Set<OrderContact>();
    public DbSet<Notification> Notifications => Set<Notification>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Recipient>().ToTable("recipients").HasKey(recipient => recipient.UserId);
        modelBuilder.Entity<OrderContact>(contact =>
        {
            contact.ToTable("order_contacts").HasKey(row => row.OrderId);
            contact.Property(row => row.Items).HasColumnType("jsonb");
        });
        modelBuilder.Entity<Notification>(notification =>
        {
            notification.ToTable("notifications");
            notification.Property(row => row.Status).HasConversion(status => status.ToString().ToLowerInvariant(), text => Enum.Parse<NotificationStatus>(text, true));
        });

        modelBuilder.AddOutbox();
        modelBuilder.UseSnakeCaseColumns();
    }
}
