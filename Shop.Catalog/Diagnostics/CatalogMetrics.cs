using System.Diagnostics.Metrics;
using Shop.ServiceDefaults;

namespace Shop.Catalog.Diagnostics;

/// <summary>What answered a lookup of the cached product list.</summary>
internal enum CacheLevel
{
    /// <summary>The memory of this process.</summary>
    Memory,

    /// <summary>Redis, where another replica or an earlier time put it.</summary>
    Redis,

    /// <summary>The database: neither cache had it.</summary>
    Database,
}

/// <summary>The outcome of a request to reserve.</summary>
internal enum ReserveResult
{
    /// <summary>The pieces are held.</summary>
    Reserved,

    /// <summary>There are too few pieces.</summary>
    OutOfStock,

    /// <summary>The products do not exist or cannot be in one order, or the order has reserved others or was called off.</summary>
    Refused,

    /// <summary>The order had reserved the same, and was told of it.</summary>
    Repeated,
}

/// <summary>The instruments of the catalogue, on the meter <c>Shop.Catalog</c>.</summary>
internal sealed class CatalogMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _lookups;
    private readonly Counter<long> _reservations;

    public CatalogMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Shop.Catalog");
        _lookups = _meter.CreateCounter<long>("shop.catalog.cache.lookups", "{lookup}", "Lookups of the cached product list, by the level that answered");
        _reservations = _meter.CreateCounter<long>("shop.catalog.reservations", "{reservation}", "Reservation requests, by outcome");
    }

    public void LookedUp(CacheLevel level) =>
        _lookups.Add(1, new("level", SnakeCase.Of(level)), new("result", level == CacheLevel.Database ? "miss" : "hit"));

    /// <param name="result">The outcome; of what changes the stock, after its commit.</param>
    public void Reserved(ReserveResult result) => _reservations.Add(1, new KeyValuePair<string, object?>("result", SnakeCase.Of(result)));

    public void Dispose() => _meter.Dispose();
}

internal static class CatalogMetricsExtensions
{
    public static void AddCatalogMetrics(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<CatalogMetrics>();
}
