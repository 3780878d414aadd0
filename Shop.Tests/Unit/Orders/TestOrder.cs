using Shop.Orders.Orders;

namespace Shop.Tests.Unit.Orders;

/// <summary>Orders to test with.</summary>
internal static class TestOrder
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly OrderCause Cause = new(OrderActor.Customer, Now);
    public static readonly Guid PaymentId = Guid.Parse("0199a000-0000-7000-8000-000000000001");

    private static readonly Uri Gateway = new("https://pay.example/1");

    public static Order Place(OrderFlow flow = OrderFlow.Choreography)
    {
        var id = Guid.CreateVersion7();
        return Order.Place(
            new NewOrder(id, Guid.CreateVersion7(), "buyer@example.com", flow, null, "RUB", PaymentMethod.Wallet, Now.AddMinutes(15),
                [new OrderLine(id, 1, "Phone", 2, 500.00m), new OrderLine(id, 2, "Laptop", 1, 1_500.00m)]),
            Cause);
    }

    /// <summary>An order that came to this status along legal ways.</summary>
    public static Order In(OrderStatus status)
    {
        var order = Place();
        switch (status)
        {
            case OrderStatus.Pending:
                break;
            case OrderStatus.Confirmed:
                order.MarkPaid(PaymentId, Cause);
                order.MarkNotified(Cause);
                break;
            case OrderStatus.Refunded:
                order.MarkPaid(PaymentId, Cause);
                order.RecordRefund(order.TotalAmount, Cause);
                break;
            default:
                Move(order, status);
                break;
        }
        return order;
    }

    /// <summary>Does what would bring an order to the status, legal or not.</summary>
    public static void Move(Order order, OrderStatus status)
    {
        switch (status)
        {
            case OrderStatus.AwaitingPayment:
                order.AwaitPayment(PaymentId, Gateway, Cause);
                break;
            case OrderStatus.Paid:
                order.MarkPaid(PaymentId, Cause);
                break;
            case OrderStatus.Failed:
                order.Fail("reason", Cause);
                break;
            case OrderStatus.Cancelled:
                order.Cancel("reason", Cause);
                break;
            case OrderStatus.Expired:
                order.Expire("reason", Cause);
                break;
            case OrderStatus.Pending or OrderStatus.Confirmed or OrderStatus.Refunded:
                throw new ArgumentException($"Nothing asks an order to become {status}.", nameof(status));
        }
    }
}
