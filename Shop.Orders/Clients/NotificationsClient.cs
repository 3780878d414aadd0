using Shop.Orders.Orders;

namespace Shop.Orders.Clients;

/// <summary>Messages to buyers.</summary>
internal sealed class NotificationsClient(HttpClient http)
{
    private const string Service = "notifications";

    /// <summary>Longer than notifications lets its mail server take (<c>Smtp:TimeoutSeconds</c>), so that its answer, not our patience, decides.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(9);

    /// <summary>Tells the buyer that the order is paid.</summary>
    public Task SendPaymentProcessedAsync(Order order, Guid paymentId, CancellationToken cancellationToken) => http.PostAsync(
        Service,
        "/notifications/send",
        new
        {
            Template = "payment_processed",
            OrderId = order.Id,
            UserId = order.CustomerId,
            Email = order.CustomerEmail,
            Data = new
            {
                Amount = order.TotalAmount,
                order.Currency,
                PaymentId = paymentId,
                Items = order.Lines.Select(line => $"{line.Name} × {line.Quantity}"),
            },
        },
        cancellationToken,
        Bound);
}
