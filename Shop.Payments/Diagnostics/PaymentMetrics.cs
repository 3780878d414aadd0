using System.Diagnostics.Metrics;
using Shop.ServiceDefaults;

namespace Shop.Payments.Diagnostics;

/// <summary>
/// The instruments of payments, on the meter <c>Shop.Payments</c>. They count what has committed (see <see cref="CommittedPayments"/>); amounts are for looking at,
/// and only the ledger is for adding up.
/// </summary>
internal sealed class PaymentMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _results;
    private readonly Counter<double> _captured;
    private readonly Counter<double> _refunded;

    public PaymentMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Shop.Payments");
        _results = _meter.CreateCounter<long>("shop.payments.results", "{payment}", "Payments that were captured, failed or cancelled, or wholly refunded later");
        _captured = _meter.CreateCounter<double>("shop.payments.captured_amount", "{currency}", "Money taken for orders, in units (not hundredths) of its currency");
        _refunded = _meter.CreateCounter<double>("shop.payments.refunded_amount", "{currency}", "Money given back, in units (not hundredths) of its currency");
    }

    public void Dispose() => _meter.Dispose();

    public void Count(PaymentStep step)
    {
        KeyValuePair<string, object?> method = new("method", SnakeCase.Of(step.Method));
        KeyValuePair<string, object?> currency = new("currency", step.Captured.Currency);
        if (step is { Result: { } result, Reason: { } reason })
            _results.Add(1, method, new("result", SnakeCase.Of(result)), new("reason", reason));
        else if (step.Result is { } success)
            _results.Add(1, method, new KeyValuePair<string, object?>("result", SnakeCase.Of(success)));
        if (step.Captured.Minor > 0)
            _captured.Add((double)step.Captured.Amount, currency, method);
        if (step.Refunded.Minor > 0)
            _refunded.Add((double)step.Refunded.Amount, currency, method);
    }
}
