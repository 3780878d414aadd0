using System.Globalization;
using Shop.ServiceDefaults;
using Shop.ServiceDefaults.Idempotency;
using Shop.Web.Api;

namespace Shop.Web.Orders;

/// <summary>An order, as orders answers it.</summary>
public sealed record Order(
    Guid Id, string Status, decimal TotalAmount, string Currency, string? PaymentMethod, IReadOnlyList<OrderItem> Items,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? FailureReason = null)
{
    private static readonly string[] TerminalStatuses = ["confirmed", "failed", "cancelled", "refunded", "expired"];

    /// <summary>Whether the status will not change by itself any more.</summary>
    public bool IsTerminal => TerminalStatuses.Contains(Status);
}

/// <summary>A line of an order.</summary>
public sealed record OrderItem(int ProductId, string? Name, int Quantity, decimal Price);

/// <summary>One step of an order's life.</summary>
public sealed record OrderChange(string Status, DateTimeOffset ChangedAt, string? By, OrderChangeCause? CausedBy)
{
    /// <summary>When what changed the order happened: the order hears of it a little later.</summary>
    public DateTimeOffset HappenedAt => CausedBy?.OccurredAt ?? ChangedAt;
}

/// <summary>The event that changed an order.</summary>
public sealed record OrderChangeCause(string Event, DateTimeOffset? OccurredAt);

/// <summary>What a buyer asks for; the price is the one the buyer saw.</summary>
internal sealed record NewItem(int ProductId, int Quantity, decimal Price);

/// <summary>The signed-in user's orders.</summary>
internal sealed class OrdersClient(HttpClient http)
{
    /// <summary>Places an order. Attempts at one checkout have one key, and order once.</summary>
    public async Task<Order> CreateAsync(string idempotencyKey, IReadOnlyList<NewItem> items, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders")
        {
            Content = JsonContent.Create(new { payment_method = "wallet", items }, options: JsonDefaults.Client),
        };
        request.Headers.Add(IdempotencyExtensions.Header, idempotencyKey);
        using var response = await http.SendAsync(request, cancellationToken);
        return await response.ReadAsync<Order>(cancellationToken);
    }

    public async Task<Page<Order>> ListAsync(int page, int pageSize, CancellationToken cancellationToken)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"/orders?page={page}&page_size={pageSize}");
        using var response = await http.GetAsync(address, cancellationToken);
        return await response.ReadPageAsync<Order>(page, pageSize, cancellationToken);
    }

    public async Task<Order?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/orders/{id}", cancellationToken);
        return await response.FindAsync<Order>(cancellationToken);
    }

    /// <summary>The life of an order that was found.</summary>
    public async Task<IReadOnlyList<OrderChange>> ListHistoryAsync(Guid id, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/orders/{id}/history", cancellationToken);
        return await response.ReadAsync<List<OrderChange>>(cancellationToken);
    }
}
