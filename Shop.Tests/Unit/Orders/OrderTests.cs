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
        Assert.Equal(new Messaging.Contracts.OrderLine(1, "Phone", 2, 500.00m), created.Items[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Payment_and_notification_confirm_in_either_order(bool paymentFirst)
    {
        var order = TestOrder.Place();
        if (paymentFirst)
        {
            order.MarkPaid(TestOrder.PaymentId, TestOrder.Now);
            Assert.Equal(OrderStatus.Paid, order.Status);
            order.MarkNotified(TestOrder.Now);
        }
        else
        {
            order.MarkNotified(TestOrder.Now);
            Assert.Equal(OrderStatus.Pending, order.Status);
            order.MarkPaid(TestOrder.PaymentId, TestOrder.Now);
        }

        Assert.Equal(OrderStatus.Confirmed, order.Status);
        Assert.Equal([OrderStatus.Pending, OrderStatus.Paid, OrderStatus.Confirmed], order.History.Select(change => change.Status));
    }

    [Fact]
    public void A_second_notification_changes_nothing()
    {
        var order = TestOrder.In(OrderStatus.Confirmed);
        order.MarkNotified(TestOrder.Now.AddHours(1));
        Assert.Equal(TestOrder.Now, order.NotifiedAt);
        Assert.Equal(3, order.History.Count);
    }

    [Fact]
    public void The_last_part_of_a_refund_refunds_the_order()
    {
        var order = TestOrder.In(OrderStatus.Confirmed);
        order.RecordRefund(1_000.00m, TestOrder.Now);
        Assert.Equal(OrderStatus.Confirmed, order.Status);

        order.RecordRefund(1_500.00m, TestOrder.Now);
        Assert.Equal((OrderStatus.Refunded, OrderPaymentStatus.Refunded), (order.Status, order.PaymentStatus));
        Assert.Throws<InvalidOperationException>(() => order.RecordRefund(0.01m, TestOrder.Now));
    }

    [Fact]
    public void A_refund_leaves_an_order_that_ended_unsold_as_it_is()
    {
        var order = TestOrder.In(OrderStatus.Cancelled);
        order.RecordRefund(order.TotalAmount, TestOrder.Now);
        Assert.Equal(OrderStatus.Cancelled, order.Status);
    }
}
