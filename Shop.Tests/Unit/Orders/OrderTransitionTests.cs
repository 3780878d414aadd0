using Shop.Orders.Orders;

namespace Shop.Tests.Unit.Orders;

/// <summary>Every pair of statuses, so that a transition nobody thought of is refused.</summary>
public sealed class OrderTransitionTests
{
    private static readonly HashSet<(OrderStatus From, OrderStatus To)> Legal =
    [
        (OrderStatus.Pending, OrderStatus.AwaitingPayment),
        (OrderStatus.Pending, OrderStatus.Paid),
        (OrderStatus.Pending, OrderStatus.Failed),
        (OrderStatus.Pending, OrderStatus.Cancelled),
        (OrderStatus.Pending, OrderStatus.Expired),
        (OrderStatus.AwaitingPayment, OrderStatus.Paid),
        (OrderStatus.AwaitingPayment, OrderStatus.Failed),
        (OrderStatus.AwaitingPayment, OrderStatus.Cancelled),
        (OrderStatus.AwaitingPayment, OrderStatus.Expired),
        (OrderStatus.Paid, OrderStatus.Confirmed),
        (OrderStatus.Paid, OrderStatus.Refunded),
        (OrderStatus.Confirmed, OrderStatus.Refunded),
    ];

    [Fact]
    public void Exactly_the_legal_transitions_are_allowed()
    {
        var statuses = Enum.GetValues<OrderStatus>();
        var allowed = statuses
            .SelectMany(from => statuses.Select(to => (From: from, To: to)))
            .Where(pair => OrderTransitions.Allows(pair.From, pair.To))
            .ToHashSet();
        Assert.Equal(Legal, allowed);
    }

    [Fact]
    public void The_aggregate_obeys_the_table()
    {
        OrderStatus[] asked = [OrderStatus.AwaitingPayment, OrderStatus.Paid, OrderStatus.Failed, OrderStatus.Cancelled, OrderStatus.Expired];
        foreach (var from in Enum.GetValues<OrderStatus>())
        {
            foreach (var to in asked)
            {
                var order = TestOrder.In(from);
                var steps = order.History.Count;
                if (Legal.Contains((from, to)))
                {
                    TestOrder.Move(order, to);
                    Assert.Equal(to, order.Status);
                    Assert.Equal((from, to), (order.History[^1].FromStatus, order.History[^1].Status));
                }
                else
                {
                    Assert.Throws<InvalidOperationException>(() => TestOrder.Move(order, to));
                    Assert.Equal(from, order.Status);
                    Assert.Equal(steps, order.History.Count);
                }
            }
        }
    }
}
