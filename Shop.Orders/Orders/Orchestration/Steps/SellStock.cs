using Shop.Orders.Clients;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Turns the reservation into a sale.</summary>
internal sealed class SellStock(CatalogClient catalog) : IOrderSagaStep
{
    public Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken) => catalog.CommitAsync(saga.OrderId, cancellationToken);

    /// <summary>Nothing: releasing the reservation, which <see cref="ReserveStock"/> does, also takes back a sale.</summary>
    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
