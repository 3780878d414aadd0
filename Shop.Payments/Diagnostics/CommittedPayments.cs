using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Shop.Payments.Data;
using Shop.Payments.Payments;
using Shop.ServiceDefaults.Database;

namespace Shop.Payments.Diagnostics;

/// <summary>Counts and logs what happens to payments, once it has committed.</summary>
internal sealed partial class CommittedPayments(PaymentMetrics metrics, ILogger<CommittedPayments> logger) : CommitObserver(logger)
{
    protected override Action? Observe(ChangeTracker changes)
    {
        var steps = changes.Entries<Payment>().Where(entry => entry.State == EntityState.Modified).Select(PaymentStep.Of).ToList();
        return steps.Count == 0 ? null : () => steps.ForEach(Tell);
    }

    private void Tell(PaymentStep step)
    {
        metrics.Count(step);
        if (step.Captured.Minor > 0)
            Captured(Logger, step.Captured.Amount, step.Captured.Currency, step.Method, step.OrderId);
        else if (step.Refunded.Minor > 0)
            Refunded(Logger, step.Refunded.Amount, step.Refunded.Currency, step.OrderId);
        else if (step is { Result: { } result, Reason: { } reason })
            NotTakenBecauseOf(Logger, step.OrderId, step.Method, result, reason);
        else if (step.Result is { } ended)
            NotTaken(Logger, step.OrderId, step.Method, ended);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Captured {Amount} {Currency} by {Method} for order {OrderId}")]
    private static partial void Captured(ILogger logger, decimal amount, string currency, PaymentMethod method, Guid orderId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Gave back {Amount} {Currency} of order {OrderId}")]
    private static partial void Refunded(ILogger logger, decimal amount, string currency, Guid orderId);

    [LoggerMessage(Level = LogLevel.Information, Message = "The payment of order {OrderId} by {Method} is {Result}")]
    private static partial void NotTaken(ILogger logger, Guid orderId, PaymentMethod method, PaymentStatus result);

    [LoggerMessage(Level = LogLevel.Information, Message = "The payment of order {OrderId} by {Method} is {Result}: {Reason}")]
    private static partial void NotTakenBecauseOf(ILogger logger, Guid orderId, PaymentMethod method, PaymentStatus result, string reason);
}

internal static class CommittedPaymentsExtensions
{
    public static void AddPaymentDiagnostics(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PaymentMetrics>();
        builder.AddCommitObserver<PaymentsDbContext, CommittedPayments>();
    }
}
