using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Payments.Data;
using Shop.Payments.Ledger;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Security;

namespace Shop.Payments.Payments;

/// <summary>
/// Charges and cancellations that another service asks for and waits for. Both are idempotent by the order's id, and
/// publish nothing: who asked tells the others.
/// </summary>
internal static class ProcessEndpoints
{
    public static void MapPaymentProcessing(this IEndpointRouteBuilder app)
    {
        var process = app.MapGroup("/payments/process").RequirePermission(Permissions.PaymentsProcess).WithTags("Processing");
        process.MapPost("", ProcessAsync)
            .WithSummary("Charges an order now; success is false when it is declined");
        process.MapPost("/{orderId:guid}/cancel", CancelAsync)
            .WithSummary("Undoes an order's charge, or refuses the one that is still on its way");
    }

    private static async Task<Results<Ok<ProcessPaymentResponse>, ProblemHttpResult>> ProcessAsync(
        ProcessPaymentRequest request, OrderPayments payments, PaymentsDbContext db, CancellationToken cancellationToken)
    {
        var order = new OrderCharge(
            request.OrderId, request.CustomerId, request.CustomerEmail, Money.Of(request.Amount, request.Currency), request.Method);
        var payment = await db.InTransactionAsync(async () =>
        {
            var (payment, _) = await payments.ChargeAsync(order, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return payment;
        }, cancellationToken);

        if (payment.CustomerId is not null && (payment.CustomerId != order.CustomerId || payment.Amount != order.Amount))
            return Problems.Conflict("payment_mismatch", "The order has a payment of another amount or customer.");
        return TypedResults.Ok(new ProcessPaymentResponse(
            payment.Status == PaymentStatus.Captured, payment.Id, payment.Status, payment.FailureReason));
    }

    private static async Task<Ok<ProcessPaymentResponse>> CancelAsync(
        Guid orderId, OrderPayments payments, PaymentsDbContext db, CancellationToken cancellationToken)
    {
        var payment = await db.InTransactionAsync(async () =>
        {
            var (payment, _) = await payments.CancelAsync(orderId, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return payment;
        }, cancellationToken);
        return TypedResults.Ok(new ProcessPaymentResponse(Success: true, payment.Id, payment.Status, payment.FailureReason));
    }
}
