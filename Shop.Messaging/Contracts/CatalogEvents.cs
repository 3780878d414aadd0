using System.Globalization;
using System.Text.Json.Serialization;

namespace Shop.Messaging.Contracts;

/// <summary>A product was added, changed or removed.</summary>
/// <param name="ProductId">The product.</param>
public sealed record ProductChanged(int ProductId) : IEvent
{
    /// <inheritdoc />
    public static string Type => "product.changed";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => ProductId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What can be sold of a product changed by an operator.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Available">Pieces that can be ordered now.</param>
public sealed record StockChanged(int ProductId, int Available) : IEvent
{
    /// <inheritdoc />
    public static string Type => "stock.changed";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => ProductId.ToString(CultureInfo.InvariantCulture);
}
