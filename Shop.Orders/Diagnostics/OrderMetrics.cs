using System.Diagnostics.Metrics;
using Shop.Orders.Orders;
using Shop.ServiceDefaults;

namespace Shop.Orders.Diagnostics;

/// <summary>The instruments of orders, on the meter <c>Shop.Orders</c>. They count steps of orders that have committed: see <see cref="CommittedOrders"/>.</summary>
internal sealed class OrderMetrics : IDisposable
{
    /// <summary>From an order that is confirmed at once to one whose buyer takes an hour to pay.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
    };

    private readonly Meter _meter;
    private readonly Counter<long> _statusChanges;
    private readonly Counter<double> _amount;
    private readonly Histogram<double> _duration;

    public OrderMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Shop.Orders");
        _statusChanges = _meter.CreateCounter<long>("shop.orders.status_changes", "{order}", "Orders that reached a status; placing one makes it pending");
        _amount = _meter.CreateCounter<double>("shop.orders.amount", "{currency}", "Value of the orders that reached a status, in units (not hundredths) of their currency");
        _duration = _meter.CreateHistogram<double>("shop.orders.duration", "s", "Time from placing an order to its being confirmed, failed, cancelled or expired", tags: null, Seconds);
    }

    public void Dispose() => _meter.Dispose();

    public void Count(Order order, OrderStatusChange step)
    {
        KeyValuePair<string, object?> status = new("status", SnakeCase.Of(step.Status));
        KeyValuePair<string, object?> flow = new("flow", SnakeCase.Of(order.Flow));
        KeyValuePair<string, object?> method = new("payment_method", SnakeCase.Of(order.PaymentMethod));
        _statusChanges.Add(1, status, flow, method);
        _amount.Add((double)order.TotalAmount, status, new("currency", order.Currency), method);
        if (step.Status is OrderStatus.Confirmed or OrderStatus.Failed or OrderStatus.Cancelled or OrderStatus.Expired)
            _duration.Record((step.ChangedAt - order.CreatedAt).TotalSeconds, status, flow, method);
    }
}
