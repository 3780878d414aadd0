using System.Data.Common;
using Aspire.Hosting.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shop.Messaging.Outbox;
using Shop.Orders.Data;
using Shop.Orders.Orders;
using Shop.Orders.Orders.Orchestration;
using Shop.Tests.Unit.Orders;

namespace Shop.Tests.Integration.Orders;

/// <summary>What becomes of an orchestrated order whose last commit does not simply succeed.</summary>
[Collection(ShopGroup.Name)]
public sealed class LastCommitTests(ShopFixture shop)
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task An_order_whose_commit_succeeded_though_its_connection_broke_stays_confirmed_and_paid()
    {
        var id = await InsertAsync();
        var order = await RunAsync(id, new Commit { After = () => throw new NpgsqlException("The connection is broken.") });
        Assert.Equal(OrderStatus.Confirmed, order.Status);
        Assert.Equal(["charge"], _log);
        Assert.Equal("confirmed", await StatusAsync(id));
    }

    [Fact]
    public async Task A_buyer_who_goes_away_during_the_commit_does_not_stop_it()
    {
        var id = await InsertAsync();
        using var request = new CancellationTokenSource();
        await RunAsync(id, new Commit { Before = request.CancelAsync }, cancellationToken: request.Token);
        Assert.Equal(["charge"], _log);
        Assert.Equal("confirmed", await StatusAsync(id));
    }

    [Fact]
    public async Task An_order_that_was_not_committed_is_undone()
    {
        var id = await InsertAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() =>
            RunAsync(id, new Commit { Before = () => throw new NpgsqlException("The connection is broken.") }));
        Assert.Equal(["charge", "undo charge: interrupted"], _log);
        Assert.Equal("pending", await StatusAsync(id));
    }

    [Fact]
    public async Task An_order_of_which_nothing_can_be_learnt_is_left_alone()
    {
        var id = await InsertAsync();
        var failure = await Assert.ThrowsAsync<OrderRefusedException>(() => RunAsync(
            id,
            new Commit { After = () => throw new NpgsqlException("The connection is broken.") },
            freshConnection: "Host=127.0.0.1;Port=1;Timeout=1"));
        Assert.Equal("order_outcome_unknown", failure.Code);
        Assert.Equal(["charge"], _log);
        Assert.Equal("confirmed", await StatusAsync(id));
    }

    private async Task<Guid> InsertAsync() =>
        await OpenOrders.InsertAsync(shop, await shop.RegisterCustomerAsync(), "orchestration", "1 hour");

    private Task<string> StatusAsync(Guid id) => shop.QueryAsync<string>("ordersdb", "SELECT status FROM orders WHERE id = $1", id);

    /// <summary>Charges and confirms the order with a database whose commit goes as told.</summary>
    private async Task<Order> RunAsync(
        Guid id, Commit commit, string? freshConnection = null, CancellationToken cancellationToken = default)
    {
        var connection = await shop.App.GetConnectionStringAsync("ordersdb", CancellationToken.None);
        await using var fresh = new ServiceCollection()
            .AddDbContext<OrdersDbContext>(options => options.UseNpgsql(freshConnection ?? connection))
            .BuildServiceProvider();
        await using var db = new OrdersDbContext(
            new DbContextOptionsBuilder<OrdersDbContext>().UseNpgsql(connection).AddInterceptors(commit).Options);
        var saga = new OrderSaga(id, new PlaceOrderRequest([new PlaceOrderItem(1, 1)]), new Buyer(Guid.CreateVersion7(), "buyer@example.com", null), null)
        {
            Order = await db.Orders.SingleAsync(order => order.Id == id, CancellationToken.None),
            PaymentId = Guid.CreateVersion7(),
        };
        using var signal = new OutboxSignal();
        IOrderSagaStep[] steps =
        [
            new FakeStep("charge", _log, _ => Task.CompletedTask),
            new ConfirmOrder(
                db, new Outbox<OrdersDbContext>(db, new OutboxSignalInterceptor(signal)), fresh.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System,
                NullLogger<ConfirmOrder>.Instance),
        ];
        return await new OrderOrchestrator(steps, TimeProvider.System, NullLogger<OrderOrchestrator>.Instance).RunAsync(saga, cancellationToken);
    }

    /// <summary>What happens around a commit.</summary>
    private sealed class Commit : DbTransactionInterceptor
    {
        public Func<Task> Before { get; init; } = () => Task.CompletedTask;

        public Func<Task> After { get; init; } = () => Task.CompletedTask;

        public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            await Before();
            return result;
        }

        public override Task TransactionCommittedAsync(
            DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => After();
    }
}
