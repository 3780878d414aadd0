using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Categories;
using Shop.Catalog.Products;
using Shop.Catalog.Reservations;
using Shop.Catalog.Stock;
using Shop.Messaging.Outbox;
using Shop.ServiceDefaults.Database;

namespace Shop.Catalog.Data;

/// <summary>The catalogue's database. The schema itself is in <c>Migrations/</c>.</summary>
internal sealed class CatalogDbContext(DbContextOptions<CatalogDbContext> options) : DbContext(options)
{
    public DbSet<Category> Categories => Set<Category>();
    public DbSet<Product> Products => Set<Product>();
    public DbSet<StockLevel> Stock => Set<StockLevel>();
    public DbSet<StockAdjustment> StockAdjustments => Set<StockAdjustment>();
    public DbSet<Reservation> Reservations => Set<Reservation>();
    public DbSet<ReservationLine> ReservationLines => Set<ReservationLine>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Category>().ToTable("categories").HasKey(category => category.Slug);
        modelBuilder.Entity<Product>(product =>
        {
            product.ToTable("products");
            product.HasQueryFilter(row => row.DeletedAt == null);
            product.Property(row => row.Kind).HasConversion(kind => kind.ToString().ToLowerInvariant(), text => Enum.Parse<ProductKind>(text, true));
            product.Property(row => row.Search).ValueGeneratedOnAddOrUpdate();
            product.HasOne(row => row.Stock).WithOne().HasForeignKey<StockLevel>(stock => stock.ProductId);
            product.Navigation(row => row.Stock).IsRequired();
        });
        modelBuilder.Entity<StockLevel>().ToTable("stock").HasKey(stock => stock.ProductId);
        modelBuilder.Entity<StockAdjustment>().ToTable("stock_adjustments");
        modelBuilder.Entity<Reservation>(reservation =>
        {
            reservation.ToTable("reservations").HasKey(row => row.OrderId);
            reservation.Property(row => row.Status).HasConversion(status => status.ToString().ToLowerInvariant(), text => Enum.Parse<ReservationStatus>(text, true));
            reservation.HasMany(row => row.Lines).WithOne().HasForeignKey(line => line.OrderId);
        });
        modelBuilder.Entity<ReservationLine>().ToTable("reservation_lines").HasKey(line => new { line.OrderId, line.ProductId });

        modelBuilder.AddOutbox();
        modelBuilder.UseSnakeCaseColumns();
    }
}
