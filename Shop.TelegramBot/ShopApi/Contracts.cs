using System.Text.Json.Serialization;

namespace Shop.TelegramBot.ShopApi;

// What the bot reads and writes of the shop's APIs; JSON is snake_case.

internal sealed record Credentials(string Email, string Password);

internal sealed record RefreshRequest(string RefreshToken);

internal sealed record TokenReply(string AccessToken, int ExpiresIn, string RefreshToken);

internal sealed record Product(int Id, string Name, decimal Price, string Currency);

internal sealed record ProductPage(IReadOnlyList<Product> Products, int Total);

internal sealed record NewOrder(string PaymentMethod, IReadOnlyList<NewOrderItem> Items);

/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="Price">The price that the person was shown, if any: the shop refuses the order when it is another now.</param>
internal sealed record NewOrderItem(
    int ProductId, int Quantity, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Price = null);

internal sealed record Order(
    Guid Id, string Status, decimal TotalAmount, string Currency, IReadOnlyList<OrderItem>? Items, string? FailureReason = null)
{
    /// <summary>Whether the status will not change by itself any more.</summary>
    public bool IsSettled => Status is "confirmed" or "failed" or "cancelled" or "refunded" or "expired";
}

internal sealed record OrderItem(int ProductId, string? Name, int Quantity);
