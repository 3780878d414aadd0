using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Payments.Data;
using Shop.Payments.Ledger;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.Security;

namespace Shop.Payments.Payments;

/// <summary>Payments as buyers and staff see them.</summary>
internal static class PaymentEndpoints
{
    public static void AddPayments(this IHostApplicationBuilder builder) => builder.Services.AddScoped<OrderPayments>();

    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        var payments = app.MapGroup("/payments").RequireAuthorization().WithTags("Payments");
        payments.MapGet("", ListAsync)
            .WithSummary("The caller's payments, newest first; everybody's with payments.read.all");
        payments.MapGet("/{id:guid}", FindAsync)
            .WithSummary("One payment");
        payments.MapPost("/{id:guid}/refund", RefundAsync)
            .RequirePermission(Permissions.PaymentsRefund).WithIdempotency<PaymentsDbContext>()
            .WithSummary("Gives back a captured payment, or a part of it");
    }

    private static async Task<Ok<List<PaymentResponse>>> ListAsync(
        ClaimsPrincipal user, PaymentsDbContext db, Paging paging, HttpResponse response, CancellationToken cancellationToken,
        [FromQuery(Name = "order_id")] Guid? orderId = null)
    {
        var payments = VisibleTo(user, db);
        if (orderId is not null)
            payments = payments.Where(payment => payment.OrderId == orderId);

        paging.WriteHeaders(response, await payments.LongCountAsync(cancellationToken));
        var page = await payments
            .OrderByDescending(payment => payment.Id)
            .Skip(paging.Offset).Take(paging.PageSize)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.ConvertAll(PaymentResponse.From));
    }

    private static async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> FindAsync(
        Guid id, ClaimsPrincipal user, PaymentsDbContext db, CancellationToken cancellationToken) =>
        await VisibleTo(user, db).SingleOrDefaultAsync(payment => payment.Id == id, cancellationToken) is { } found
            ? TypedResults.Ok(PaymentResponse.From(found))
            : NoSuchPayment();

    private static async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> RefundAsync(
        Guid id, RefundRequest? request, OrderPayments payments, PaymentsDbContext db, IOutbox outbox, CancellationToken cancellationToken) =>
        await db.InTransactionAsync<Results<Ok<PaymentResponse>, ProblemHttpResult>>(async () =>
        {
            if (await payments.LockAsync(id, cancellationToken) is not { } payment)
                return NoSuchPayment();

            var amount = request?.Amount is { } part ? Money.Of(part, payment.Currency) : payment.Refundable;
            if (amount.Minor == 0 || amount.Minor > payment.Refundable.Minor)
                return Problems.Conflict("not_refundable", $"{payment.Refundable.Amount} {payment.Currency} of this payment can be given back.");

            await payments.RefundAsync(payment, amount, cancellationToken);
            outbox.Add(new PaymentRefunded(payment.OrderId, payment.Id, amount.Amount, payment.Currency, payment.CustomerEmail));
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Ok(PaymentResponse.From(payment));
        }, cancellationToken);

    /// <remarks>What was called off before anybody was to be charged is nobody's payment.</remarks>
    private static IQueryable<Payment> VisibleTo(ClaimsPrincipal user, PaymentsDbContext db)
    {
        var payments = db.Payments.AsNoTracking().Where(payment => payment.CustomerId != null);
        if (user.Can(Permissions.PaymentsReadAll))
            return payments;
        var userId = user.UserId();
        return payments.Where(payment => payment.CustomerId == userId);
    }

    private static ProblemHttpResult NoSuchPayment() => Problems.NotFound("There is no such payment.");
}
