using Shop.Orders.Clients;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>What the steps of one orchestrated order hand on to each other.</summary>
internal sealed class OrderSaga(Guid orderId, PlaceOrderRequest request, Buyer buyer, string? idempotencyKey)
{
    public Guid OrderId { get; } = orderId;

    public PlaceOrderRequest Request { get; } = request;

    public Buyer Buyer { get; } = buyer;

    public string? IdempotencyKey { get; } = idempotencyKey;

    /// <summary>Set by <see cref="ReserveStock"/>.</summary>
    public Reservation Reservation { get => field ?? throw TooEarly(nameof(Reservation)); set; }

    /// <summary>Set by <see cref="StoreOrder"/>.</summary>
    public Order Order { get => field ?? throw TooEarly(nameof(Order)); set; }

    /// <summary>Set by <see cref="ChargeBuyer"/>.</summary>
    public Guid PaymentId { get; set; }

    private static InvalidOperationException TooEarly(string what) => new($"The saga has no {what} yet.");
}

/// <summary>One step of the saga, and how it is undone.</summary>
internal interface IOrderSagaStep
{
    /// <summary>Takes the step.</summary>
    /// <exception cref="OrderRefusedException">The order goes no further.</exception>
    Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken);

    /// <summary>Undoes the step, also when it is not known whether it was taken. Doing so twice changes nothing.</summary>
    /// <param name="saga">The order.</param>
    /// <param name="reason">Why the order goes no further.</param>
    /// <param name="cancellationToken">The bound of the whole compensation, not the buyer's request.</param>
    Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken);
}
