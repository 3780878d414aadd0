using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Orders.Data;
using Shop.Orders.Orders.Choreography;
using Shop.Orders.Orders.Orchestration;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.Security;

namespace Shop.Orders.Orders;

/// <summary>Orders as buyers and staff see them.</summary>
internal static class OrderEndpoints
{
    private const string CancelledByBuyer = "cancelled_by_customer";

    public static void AddOrders(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OrderOptions>().BindConfiguration(OrderOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddScoped<OrderPlacement>();
        builder.Services.AddScoped<OrderNews>();
    }

    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        var orders = app.MapGroup("/orders").RequireAuthorization().WithTags("Orders");
        orders.MapPost("", PlaceOrder.HandleAsync).WithIdempotency<OrdersDbContext>().AddEndpointFilter<RefusalFilter>()
            .WithSummary("Places an order; it is charged, sold and confirmed by events (choreography)");
        orders.MapPost("/orchestrated", PlaceOrchestratedOrder.HandleAsync).WithIdempotencyClaim<OrdersDbContext>().AddEndpointFilter<RefusalFilter>()
            .WithSummary("Places an order and waits until it is confirmed, or undone (orchestration)");
        orders.MapGet("", ListAsync)
            .WithSummary("The caller's orders, newest first; everybody's with orders.read.all");
        orders.MapGet("/{id:guid}", FindAsync)
            .WithSummary("One order");
        orders.MapGet("/{id:guid}/history", OrderHistory.ListAsync)
            .WithSummary("An order's life, oldest first: its statuses, what caused each, and which events told the other services");
        orders.MapPost("/{id:guid}/cancel", CancelAsync).WithIdempotency<OrdersDbContext>()
            .WithSummary("Calls off an order that is not paid");
    }

    /// <summary>Who orders, by the token and the request.</summary>
    /// <exception cref="OrderRefusedException">Neither names an e-mail address.</exception>
    public static Buyer BuyerOf(PlaceOrderRequest request, HttpContext context) => new(
        context.User.UserId(),
        request.CustomerEmail ?? context.User.FindEmail() ?? throw new OrderRefusedException(
            StatusCodes.Status400BadRequest, "email_required", "The account has no e-mail address: give customer_email."),
        context.Request.Headers.AcceptLanguage.ToString());

    /// <exception cref="OrderRefusedException">The payment method is not available.</exception>
    public static void RequireAvailable(PaymentMethod method)
    {
        if (method != PaymentMethod.Wallet)
            throw new OrderRefusedException(
                StatusCodes.Status422UnprocessableEntity, "payment_method_unavailable", "Only the wallet can pay for orders now.");
    }

    private static async Task<Ok<List<OrderResponse>>> ListAsync(
        ClaimsPrincipal user, OrdersDbContext db, Paging paging, HttpResponse response, CancellationToken cancellationToken)
    {
        var orders = VisibleTo(user, db);
        paging.WriteHeaders(response, await orders.LongCountAsync(cancellationToken));
        var page = await orders
            .OrderByDescending(order => order.Id)
            .Skip(paging.Offset).Take(paging.PageSize)
            .Include(order => order.Lines)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.ConvertAll(OrderResponse.From));
    }

    private static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> FindAsync(
        Guid id, ClaimsPrincipal user, OrdersDbContext db, CancellationToken cancellationToken) =>
        await VisibleTo(user, db).Include(order => order.Lines).SingleOrDefaultAsync(order => order.Id == id, cancellationToken) is { } found
            ? TypedResults.Ok(OrderResponse.From(found))
            : NoSuchOrder();

    private static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> CancelAsync(
        Guid id, ClaimsPrincipal user, OrdersDbContext db, IOutbox outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.UserId();
        return await db.InTransactionAsync<Results<Ok<OrderResponse>, ProblemHttpResult>>(async () =>
        {
            if (await db.LockOrderAsync(id, cancellationToken) is not { } order || order.CustomerId != userId)
                return NoSuchOrder();

            await db.Entry(order).Collection(o => o.Lines).LoadAsync(cancellationToken);
            if (order.Status == OrderStatus.Cancelled)
                return TypedResults.Ok(OrderResponse.From(order));
            if (!order.CanBecome(OrderStatus.Cancelled))
                return Problems.Conflict("not_cancellable", "Only an order that is not paid yet can be cancelled.");

            order.Cancel(CancelledByBuyer, new OrderCause(OrderActor.Customer, time.GetUtcNow()));
            outbox.Announce(order, new OrderCancelled(order.Id, CancelledByBuyer));
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Ok(OrderResponse.From(order));
        }, cancellationToken);
    }

    /// <summary>The caller's orders; everybody's with <see cref="Permissions.OrdersReadAll"/>.</summary>
    public static IQueryable<Order> VisibleTo(ClaimsPrincipal user, OrdersDbContext db)
    {
        var orders = db.Orders.AsNoTracking();
        if (user.Can(Permissions.OrdersReadAll))
            return orders;
        var userId = user.UserId();
        return orders.Where(order => order.CustomerId == userId);
    }

    public static ProblemHttpResult NoSuchOrder() => Problems.NotFound("There is no such order.");
}
