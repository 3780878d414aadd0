using Shop.Orders.Clients;

namespace Shop.Orders.Orders.Orchestration;

/// <summary>Keeps the pieces at the catalogue.</summary>
internal sealed class ReserveStock(OrderPlacement placement, CatalogClient catalog) : IOrderSagaStep
{
    public async Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken) =>
        saga.Reservation = await placement.ReserveAsync(saga.OrderId, saga.Request, saga.Buyer, cancellationToken);

    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken) =>
        catalog.ReleaseAsync(saga.OrderId, cancellationToken);
}
