namespace Shop.Notifications.Recipients;

/// <summary>A user we may write to.</summary>
internal sealed class Recipient
{
    public const int MaxNameLength = 200;

    public required Guid UserId { get; init; }
    public required string Email { get; init; }
    public string? Name { get; init; }

    /// <summary><c>ru</c> or <c>en</c>.</summary>
    public required string Language { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Who placed an order, and what is in it; nothing of that while only news of the order has come.</summary>
internal sealed class OrderContact
{
    public const int MaxReasonLength = 100;

    public required Guid OrderId { get; init; }
    public Guid? CustomerId { get; init; }

    /// <summary>Where the buyer wants to hear about this order.</summary>
    public string? Email { get; init; }

    /// <summary>JSON: the lines, as the messages show them.</summary>
    public string? Items { get; init; }

    /// <summary>Why the order could not be paid, as a code, when that was known here before the order.</summary>
    public string? PaymentFailure { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
