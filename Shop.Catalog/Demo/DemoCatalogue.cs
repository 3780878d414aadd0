using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Shop.Catalog.Categories;
using Shop.Catalog.Data;
using Shop.Catalog.Products;
using Shop.Catalog.Stock;
using Shop.ServiceDefaults;
using Shop.ServiceDefaults.Database;

namespace Shop.Catalog.Demo;

/// <summary>Fills an empty catalogue in Development with <c>catalogue.json</c>. Replicas that start together fill it once.</summary>
internal sealed partial class DemoCatalogue(IServiceScopeFactory scopes, TimeProvider time, ILogger<DemoCatalogue> logger) : IHostedService
{
    /// <summary>The ids up to this one are the demo catalogue's own.</summary>
    public const int LastId = 1000;

    private const long LockId = 0x53484F50_44454D4F; // "SHOPDEMO"

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        if (await db.Categories.AnyAsync(cancellationToken))
            return;

        var count = await db.InTransactionAsync(async () =>
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockId})", cancellationToken);
            return await db.Categories.AnyAsync(cancellationToken) ? 0 : await FillAsync(db, cancellationToken);
        }, cancellationToken);
        if (count > 0)
            Filled(logger, count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads the demo data.</summary>
    internal static Catalogue Read()
    {
        using var stream = typeof(DemoCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return JsonSerializer.Deserialize<Catalogue>(stream, JsonDefaults.Client)!;
    }

    private async Task<int> FillAsync(CatalogDbContext db, CancellationToken cancellationToken)
    {
        var demo = Read();
        var now = time.GetUtcNow();
        db.Categories.AddRange(demo.Categories.Select((category, index) => new Category
        {
            Slug = category.Slug,
            NameRu = category.Ru,
            NameEn = category.En,
            Position = index,
        }));
        await db.SaveChangesAsync(cancellationToken);
        db.Products.AddRange(demo.Products.Select(product => new Product
        {
            Id = product.Id,
            Category = product.Category,
            Kind = product.Kind,
            NameRu = product.Ru.Name,
            NameEn = product.En.Name,
            DescriptionRu = product.Ru.Description,
            DescriptionEn = product.En.Description,
            Price = product.Price,
            Currency = "RUB",
            CreatedAt = now,
            UpdatedAt = now,
            Stock = StockLevel.Initial(product.Stock),
        }));
        await db.SaveChangesAsync(cancellationToken);
        return demo.Products.Count;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Filled the catalogue with {Count} demo products")]
    private static partial void Filled(ILogger logger, int count);

    internal sealed record Catalogue(IReadOnlyList<DemoCategory> Categories, IReadOnlyList<DemoProduct> Products);

    internal sealed record DemoCategory(string Slug, string Ru, string En);

    internal sealed record DemoProduct(int Id, string Category, ProductKind Kind, decimal Price, int Stock, DemoText Ru, DemoText En);

    internal sealed record DemoText(string Name, string Description);
}

internal static class DemoCatalogueExtensions
{
    /// <summary>Adds the demo catalogue in Development; elsewhere the catalogue starts empty.</summary>
    public static void AddDemoCatalogue(this IHostApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
            builder.Services.AddHostedService<DemoCatalogue>();
    }
}
