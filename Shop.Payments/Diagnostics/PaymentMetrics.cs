using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Shop.Payments.Data;
using Shop.Payments.Ledger;
using Shop.Payments.Payments;
using Shop.ServiceDefaults.Database;

namespace Shop.Payments.Diagnostics;

/// <summary>
/// The instruments of payments, on the meter <c>Shop.Payments</c>. They count what has committed; amounts are for looking at,
/// and only the ledger is for adding up.
/// </summary>
internal sealed class PaymentMetrics : CommitObserver, IDisposable
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

    protected override Action? Observe(ChangeTracker changes)
    {
        var decided = changes.Entries<Payment>().Where(entry => entry.State == EntityState.Modified).Select(Outcome.Of).ToList();
        return decided.Count == 0 ? null : () => decided.ForEach(Count);
    }

    private void Count(Outcome outcome)
    {
        KeyValuePair<string, object?> method = new("method", SnakeCase(outcome.Method));
        KeyValuePair<string, object?> currency = new("currency", outcome.Captured.Currency);
        if (outcome is { Result: { } result, Reason: { } reason })
            _results.Add(1, method, new("result", SnakeCase(result)), new("reason", reason));
        else if (outcome.Result is { } success)
            _results.Add(1, method, new KeyValuePair<string, object?>("result", SnakeCase(success)));
        if (outcome.Captured.Minor > 0)
            _captured.Add((double)outcome.Captured.Amount, currency, method);
        if (outcome.Refunded.Minor > 0)
            _refunded.Add((double)outcome.Refunded.Amount, currency, method);
    }

    private static string SnakeCase<TEnum>(TEnum value) where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>What one save does to a payment; read before the save, which makes the new values the original ones.</summary>
    private sealed record Outcome(PaymentMethod Method, PaymentStatus? Result, string? Reason, Money Captured, Money Refunded)
    {
        public static Outcome Of(EntityEntry<Payment> entry)
        {
            var payment = entry.Entity;
            var before = entry.Property(p => p.Status).OriginalValue;
            var refundedBefore = entry.Property(p => p.RefundedMinor).OriginalValue;
            var isCaptured = before == PaymentStatus.Pending && payment.Status == PaymentStatus.Captured;
            return new Outcome(
                payment.Method,
                payment.Status == before ? null : payment.Status,
                payment.FailureReason,
                new Money(isCaptured ? payment.AmountMinor : 0, payment.Currency),
                new Money(payment.RefundedMinor - refundedBefore, payment.Currency));
        }
    }
}

internal static class PaymentMetricsExtensions
{
    public static void AddPaymentMetrics(this IHostApplicationBuilder builder) => builder.AddCommitObserver<PaymentsDbContext, PaymentMetrics>();
}
