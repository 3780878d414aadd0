using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Shop.ServiceDefaults.Idempotency;

/// <summary>Endpoints that recognize a repeated request by its <c>Idempotency-Key</c>.</summary>
public static class IdempotencyExtensions
{
    /// <summary>The request header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>
    /// The same key and body get the first status and body; the same key with another body is 422. Kept 24 h.
    /// The endpoint runs inside one transaction of <typeparamref name="TContext"/>, which also stores the answer:
    /// a crash loses both or neither.
    /// </summary>
    public static TBuilder WithIdempotency<TBuilder, TContext>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder where TContext : DbContext =>
        builder.WithMetadata(new IdempotencyMetadata(typeof(TContext), HoldsTransaction: true)).AddEndpointFilter(WriteWholeAnswerAsync);

    /// <inheritdoc cref="WithIdempotency{TBuilder, TContext}"/>
    public static RouteHandlerBuilder WithIdempotency<TContext>(this RouteHandlerBuilder builder) where TContext : DbContext =>
        builder.WithIdempotency<RouteHandlerBuilder, TContext>();

    /// <summary>
    /// As <see cref="WithIdempotency{TContext}"/> for an endpoint that commits several times, such as a saga: the key is
    /// claimed first and answered 409 while the claim holds. When the holder crashes the claim runs out and the request
    /// runs again, so the endpoint must itself find what it began; <see cref="FindIdempotencyKey"/> gives it the key.
    /// </summary>
    public static RouteHandlerBuilder WithIdempotencyClaim<TContext>(this RouteHandlerBuilder builder) where TContext : DbContext =>
        builder.WithMetadata(new IdempotencyMetadata(typeof(TContext), HoldsTransaction: false)).AddEndpointFilter(WriteWholeAnswerAsync);

    /// <summary>The request's key, if it has one.</summary>
    public static string? FindIdempotencyKey(this HttpContext context) =>
        context.Request.Headers.TryGetValue(Header, out var key) && key.Count == 1 && !string.IsNullOrWhiteSpace(key[0]) ? key[0] : null;

    /// <remarks>
    /// A client that has gone ends the writing of its answer without an error; but half an answer must not be stored for the
    /// client that comes back. It goes into memory first, so nothing waits for anybody.
    /// </remarks>
    private static async ValueTask<object?> WriteWholeAnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        context.HttpContext.RequestAborted = CancellationToken.None;
        return result;
    }
}

/// <summary>Marks an endpoint for <see cref="IdempotencyMiddleware"/>.</summary>
/// <param name="ContextType">The DbContext whose database keeps the keys.</param>
/// <param name="HoldsTransaction">Whether the endpoint runs inside the transaction that stores its answer.</param>
internal sealed record IdempotencyMetadata(Type ContextType, bool HoldsTransaction);
