using System.Text.Json.Serialization;

namespace Shop.Messaging.Contracts;

/// <summary>A payment waits for the buyer, who is to open a page of the gateway.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="RedirectUrl">The gateway's page.</param>
public sealed record PaymentPending(Guid OrderId, Guid PaymentId, Uri RedirectUrl) : IEvent
{
    /// <inheritdoc />
    public static string Type => "payment.pending";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}

/// <summary>An order was paid.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="Amount">What was paid.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="CustomerEmail">Where the buyer wants to hear about it.</param>
public sealed record PaymentProcessed(Guid OrderId, Guid PaymentId, decimal Amount, string Currency, string CustomerEmail) : IEvent
{
    /// <inheritdoc />
    public static string Type => "payment.processed";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}

/// <summary>An order could not be paid.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Reason">Why, as a snake_case code: <c>insufficient_funds</c>, <c>payment_method_unavailable</c>, … Whoever shows it puts it in words.</param>
public sealed record PaymentFailed(Guid OrderId, string Reason) : IEvent
{
    /// <inheritdoc />
    public static string Type => "payment.failed";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}

/// <summary>A payment, or a part of it, was given back.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="Amount">What was given back.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="CustomerEmail">Where the buyer wants to hear about it, if payments was told.</param>
public sealed record PaymentRefunded(
    Guid OrderId, Guid PaymentId, decimal Amount, string Currency = "RUB", string? CustomerEmail = null) : IEvent
{
    /// <inheritdoc />
    public static string Type => "payment.refunded";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => OrderId.ToString();
}
