using Microsoft.Extensions.Logging.Abstractions;
using Shop.Orders.Orders;
using Shop.Orders.Orders.Orchestration;

namespace Shop.Tests.Unit.Orders;

/// <summary>What is undone, and in which order, when a step of the saga fails.</summary>
public sealed class OrderOrchestratorTests
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task Steps_are_taken_in_order()
    {
        var saga = NewSaga();
        var order = await RunAsync(saga, Step("reserve"), Step("store"), Step("charge"));
        Assert.Same(saga.Order, order);
        Assert.Equal(["reserve", "store", "charge"], _log);
    }

    [Fact]
    public async Task A_step_whose_outcome_is_unknown_is_undone_with_those_before_it_in_reverse()
    {
        var failure = await Assert.ThrowsAsync<OrderRefusedException>(() =>
            RunAsync(NewSaga(), Step("reserve"), Step("store"), Step("charge", OrderRefusedException.Unavailable("payments")), Step("sell")));
        Assert.Equal("payments_unavailable", failure.Code);
        Assert.Equal(["reserve", "store", "charge", "undo charge: payments_unavailable", "undo store: payments_unavailable", "undo reserve: payments_unavailable"], _log);
    }

    [Fact]
    public async Task A_step_that_was_refused_has_nothing_to_undo()
    {
        await Assert.ThrowsAsync<OrderRefusedException>(() =>
            RunAsync(NewSaga(), Step("reserve"), Step("charge", new OrderRefusedException(402, "payment_declined", "No money."))));
        Assert.Equal(["reserve", "charge", "undo reserve: payment_declined"], _log);
    }

    [Fact]
    public async Task A_compensation_that_fails_does_not_stop_the_others()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => RunAsync(
            NewSaga(),
            Step("reserve"),
            Step("charge", compensationFailure: new HttpRequestException()),
            Step("sell", new HttpRequestException())));
        Assert.Equal(["reserve", "charge", "sell", "undo sell: interrupted", "undo charge: interrupted", "undo reserve: interrupted"], _log);
    }

    [Fact]
    public async Task A_buyer_who_goes_away_does_not_stop_the_compensation()
    {
        using var request = new CancellationTokenSource();
        var gone = new FakeStep("charge", _log, execute: async cancellationToken =>
        {
            await request.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(NewSaga(), request.Token, Step("reserve"), gone));
        Assert.Equal(["reserve", "charge", "undo charge: interrupted", "undo reserve: interrupted"], _log);
    }

    [Fact]
    public async Task Nothing_is_undone_of_an_order_that_may_be_confirmed()
    {
        var unknown = OrderRefusedException.OutcomeUnknown(Guid.CreateVersion7(), new TimeoutException());
        var failure = await Assert.ThrowsAsync<OrderRefusedException>(() => RunAsync(NewSaga(), Step("charge"), Step("confirm", unknown)));
        Assert.Same(unknown, failure);
        Assert.Equal(["charge", "confirm"], _log);
    }

    private FakeStep Step(string name, Exception? failure = null, Exception? compensationFailure = null) =>
        new(name, _log, _ => failure is null ? Task.CompletedTask : Task.FromException(failure), compensationFailure);

    private static Task<Order> RunAsync(OrderSaga saga, params FakeStep[] steps) => RunAsync(saga, CancellationToken.None, steps);

    private static Task<Order> RunAsync(OrderSaga saga, CancellationToken cancellationToken, params FakeStep[] steps) =>
        new OrderOrchestrator(steps, TimeProvider.System, NullLogger<OrderOrchestrator>.Instance).RunAsync(saga, cancellationToken);

    private static OrderSaga NewSaga() => new(
        Guid.CreateVersion7(), new PlaceOrderRequest([new PlaceOrderItem(1, 1)]), new Buyer(Guid.CreateVersion7(), "buyer@example.com", null), null)
    {
        Order = TestOrder.Place(OrderFlow.Orchestration),
    };
}
