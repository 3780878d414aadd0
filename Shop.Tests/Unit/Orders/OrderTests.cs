using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Orders;

namespace Shop.Tests.Unit.Orders;

/// <summary>What an order is made of and how it comes to be confirmed.</summary>
public sealed class OrderTests
{
    [Fact]
    public void The_total_is_the_sum_of_the_lines()
    {
        var order = TestOrder.Place();
        Assert.Equal(2_500.00m, order.TotalAmount);
        Assert.Equal(OrderStatus.Pending, order.Status);
    }

    [Fact]
    public void The_event_carries_the_order_as_it_was_placed()
    {
        var order = TestOrder.Place();
        var created = order.ToOrderCreated();
        Assert.Equal((order.Id, order.CustomerId, 2_500.00m, "RUB", "wallet"),
            (created.OrderId, created.CustomerId, created.TotalAmount, created.Currency, created.PaymentMethod));
        Assert.Equal(new Shop.Messaging.Contracts.OrderLine(1, "Phone", 2, 500.00m), created.Items[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Payment_and_notification_confirm_in_either_order(bool paymentFirst)
    {
        var order = TestOrder.Place();
        if (paymentFirst)
        {
            order.MarkPaid(TestOrder.PaymentId, TestOrder.Cause);
            Assert.Equal(OrderStatus.Paid, order.Status);
            order.MarkNotified(TestOrder.Cause);
        }
        else
        {
            order.MarkNotified(TestOrder.Cause);
            Assert.Equal(OrderStatus.Pending, order.Status);
            order.MarkPaid(TestOrder.PaymentId, TestOrder.Cause);
        }

        Assert.Equal(OrderStatus.Confirmed, order.Status);
        Assert.Equal([OrderStatus.Pending, OrderStatus.Paid, OrderStatus.Confirmed], order.History.Select(change => change.Status));
    }

    [Fact]
    public void A_second_notification_changes_nothing()
    {
        var order = TestOrder.In(OrderStatus.Confirmed);
        order.MarkNotified(TestOrder.Cause with { At = TestOrder.Now.AddHours(1) });
        Assert.Equal(TestOrder.Now, order.NotifiedAt);
        Assert.Equal(3, order.History.Count);
    }

    [Fact]
    public void The_last_part_of_a_refund_refunds_the_order()
    {
        var order = TestOrder.In(OrderStatus.Confirmed);
        order.RecordRefund(1_000.00m, TestOrder.Cause);
        Assert.Equal(OrderStatus.Confirmed, order.Status);

        order.RecordRefund(1_500.00m, TestOrder.Cause);
        Assert.Equal((OrderStatus.Refunded, OrderPaymentStatus.Refunded), (order.Status, order.PaymentStatus));
        Assert.Throws<InvalidOperationException>(() => order.RecordRefund(0.01m, TestOrder.Cause));
    }

    [Fact]
    public void A_refund_that_is_heard_of_before_its_payment_refunds_the_order_once_that_is()
    {
        var order = TestOrder.In(OrderStatus.Pending);
        order.RecordRefund(order.TotalAmount, TestOrder.Cause);
        order.MarkNotified(TestOrder.Cause);
        order.MarkPaid(Guid.CreateVersion7(), TestOrder.Cause);

        Assert.Equal((OrderStatus.Refunded, OrderPaymentStatus.Refunded), (order.Status, order.PaymentStatus));
        Assert.Equal([OrderStatus.Pending, OrderStatus.Paid, OrderStatus.Refunded], order.History.Select(change => change.Status));
    }

    [Fact]
    public void A_refund_leaves_an_order_that_ended_unsold_as_it_is()
    {
        var order = TestOrder.In(OrderStatus.Cancelled);
        order.RecordRefund(order.TotalAmount, TestOrder.Cause);
        Assert.Equal(OrderStatus.Cancelled, order.Status);
    }

    [Fact]
    public void A_notification_that_came_before_the_payment_is_what_confirmed_the_order()
    {
        var order = TestOrder.Place();
        var notified = new HandledMessage(Guid.CreateVersion7(), NotificationSent.Type, TestOrder.Now.AddSeconds(1));
        var paid = new HandledMessage(Guid.CreateVersion7(), PaymentProcessed.Type, TestOrder.Now.AddSeconds(2));
        order.MarkNotified(new OrderCause(OrderActor.Event, notified.ReceivedAt, notified));
        order.MarkPaid(TestOrder.PaymentId, new OrderCause(OrderActor.Event, paid.ReceivedAt, paid));

        Assert.Equal([null, paid.Id, notified.Id], order.History.Select(change => change.CauseMessageId));
        Assert.Equal((NotificationSent.Type, notified.ReceivedAt, paid.ReceivedAt),
            (order.History[^1].CauseEvent, order.History[^1].CauseReceivedAt, order.History[^1].ChangedAt));
    }
}
