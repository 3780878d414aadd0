using Shop.Orders.Orders;

namespace Shop.Orders.Clients;

/// <summary>How a charge ended.</summary>
internal sealed record ChargeAnswer(bool Success, Guid PaymentId, string? Reason);

/// <summary>Charges and their cancellation; both are idempotent by the order.</summary>
internal sealed class PaymentsClient(HttpClient http)
{
    private const string Service = "payments";

    /// <summary>Charges an order.</summary>
    public Task<ChargeAnswer> ProcessAsync(Order order, CancellationToken cancellationToken) => http.PostAsync<ChargeAnswer>(
        Service,
        "/payments/process",
        new
        {
            OrderId = order.Id,
            order.CustomerId,
            order.CustomerEmail,
            Amount = order.TotalAmount,
            order.Currency,
            Method = order.PaymentMethod,
        },
        cancellationToken);

    /// <summary>Gives back what was charged, and refuses a charge that is still on its way.</summary>
    public Task CancelAsync(Guid orderId, CancellationToken cancellationToken) =>
        http.PostAsync(Service, $"/payments/process/{orderId}/cancel", null, cancellationToken);
}
