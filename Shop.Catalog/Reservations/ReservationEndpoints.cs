using Microsoft.AspNetCore.Http.HttpResults;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Security;

namespace Shop.Catalog.Reservations;

/// <summary>What orders asks of the stock. The order's id makes every call repeatable, so no Idempotency-Key is kept.</summary>
internal static class ReservationEndpoints
{
    public static void MapReservations(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/reservations").WithTags("Reservations").RequirePermission(Permissions.CatalogReserve);
        group.MapPost("", ReserveAsync).WithSummary("Holds pieces for an order, all of them or none.");
        group.MapPost("/{orderId:guid}/commit", CommitAsync).WithSummary("Sells what is held for a paid order.");
        group.MapPost("/{orderId:guid}/release", ReleaseAsync).WithSummary("Gives back the pieces of an order that was called off, sold ones too.");
    }

    private static async Task<Results<Created<ReservationAnswer>, ProblemHttpResult>> ReserveAsync(
        ReserveRequest request, Language language, ReservationDesk desk, CancellationToken cancellationToken) =>
        await desk.ReserveAsync(request.OrderId, request.Merged(), language, cancellationToken) switch
        {
            ReserveOutcome.Reserved reserved => TypedResults.Created((string?)null, ReservationAnswer.Of(reserved.Reservation)),
            ReserveOutcome.OutOfStock missing => Problems.Conflict("out_of_stock",
                $"Too few pieces of {string.Join(", ", missing.Lines.Select(line => $"'{line.Name}' ({line.Available} of {line.Requested})"))}.",
                new Dictionary<string, object?> { ["lines"] = missing.Lines }),
            ReserveOutcome.UnknownProducts unknown => Problems.Unprocessable("unknown_product",
                $"There is no product {string.Join(", ", unknown.ProductIds)}."),
            ReserveOutcome.MixedCurrencies => Problems.Unprocessable("mixed_currencies", "One order cannot hold products priced in different currencies."),
            ReserveOutcome.OtherItems => Problems.Conflict("reservation_differs", "Other items are reserved for this order."),
            ReserveOutcome.Ended ended => Problems.Conflict("reservation_ended", $"The reservation of this order is {ended.Status.ToString().ToLowerInvariant()}."),
            var other => throw new InvalidOperationException($"Unexpected outcome {other.GetType().Name}."),
        };

    private static async Task<Results<Ok<ReservationStatusAnswer>, ProblemHttpResult>> CommitAsync(
        Guid orderId, ReservationDesk desk, CancellationToken cancellationToken) =>
        Answer(orderId, ReservationStatus.Committed, await desk.CommitAsync(orderId, cancellationToken));

    private static async Task<Results<Ok<ReservationStatusAnswer>, ProblemHttpResult>> ReleaseAsync(
        Guid orderId, ReservationDesk desk, CancellationToken cancellationToken) =>
        Answer(orderId, ReservationStatus.Released, await desk.ReleaseAsync(orderId, returnSold: true, cancellationToken));

    private static Results<Ok<ReservationStatusAnswer>, ProblemHttpResult> Answer(Guid orderId, ReservationStatus reached, SettleOutcome outcome) => outcome switch
    {
        SettleOutcome.Done => TypedResults.Ok(new ReservationStatusAnswer(orderId, reached)),
        SettleOutcome.NotFound => Problems.NotFound("Nothing is reserved for this order."),
        SettleOutcome.Refused => Problems.Conflict("reservation_ended", "The reservation of this order has been settled the other way."),
        SettleOutcome.OutOfStock => Problems.Conflict("out_of_stock", "The reservation expired, and its pieces went to somebody else."),
    };
}
