namespace Shop.Orders.Orders;

/// <summary>Where an order stands.</summary>
internal enum OrderStatus
{
    /// <summary>Placed; its stock is reserved.</summary>
    Pending,

    /// <summary>The buyer is to pay on a page of a gateway.</summary>
    AwaitingPayment,

    /// <summary>Paid; the buyer is not notified yet.</summary>
    Paid,

    /// <summary>Paid, and the buyer is notified; or could not be, as the history says then.</summary>
    Confirmed,

    /// <summary>It could not be paid or carried out.</summary>
    Failed,

    /// <summary>The buyer called it off before it was paid.</summary>
    Cancelled,

    /// <summary>The buyer has all the money back.</summary>
    Refunded,

    /// <summary>It was not paid in time.</summary>
    Expired,
}

/// <summary>Which statuses may follow which. What is not here is refused.</summary>
internal static class OrderTransitions
{
    private static readonly Dictionary<OrderStatus, OrderStatus[]> Table = new()
    {
        [OrderStatus.Pending] = [OrderStatus.AwaitingPayment, OrderStatus.Paid, OrderStatus.Failed, OrderStatus.Cancelled, OrderStatus.Expired],
        [OrderStatus.AwaitingPayment] = [OrderStatus.Paid, OrderStatus.Failed, OrderStatus.Cancelled, OrderStatus.Expired],
        [OrderStatus.Paid] = [OrderStatus.Confirmed, OrderStatus.Refunded],
        [OrderStatus.Confirmed] = [OrderStatus.Refunded],
        [OrderStatus.Failed] = [],
        [OrderStatus.Cancelled] = [],
        [OrderStatus.Refunded] = [],
        [OrderStatus.Expired] = [],
    };

    /// <summary>Whether an order may go from one status to the other.</summary>
    public static bool Allows(OrderStatus from, OrderStatus to) => Table[from].Contains(to);
}

/// <summary>Who moves an order on.</summary>
internal enum OrderFlow
{
    /// <summary>Services react to each other's events.</summary>
    Choreography,

    /// <summary>One service calls the others in turn.</summary>
    Orchestration,
}

/// <summary>What is known of the order's payment.</summary>
internal enum OrderPaymentStatus
{
    Pending,
    Captured,
    Failed,
    Refunded,
}

/// <summary>How an order is paid.</summary>
internal enum PaymentMethod
{
    /// <summary>The buyer's wallet.</summary>
    Wallet,

    /// <summary>A bank card.</summary>
    Card,

    /// <summary>The Faster Payments System.</summary>
    Sbp,

    /// <summary>A cryptocurrency.</summary>
    Crypto,

    /// <summary>Cash, when the order arrives.</summary>
    CashOnDelivery,
}
