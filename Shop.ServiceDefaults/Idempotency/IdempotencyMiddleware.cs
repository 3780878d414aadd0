using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Security;

namespace Shop.ServiceDefaults.Idempotency;

/// <summary>Answers a repeated request as the first time. See <see cref="IdempotencyExtensions"/> for the two modes.</summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next)
{
    private const int MaxKeyLength = 255;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IdempotencyMetadata>() is not { } metadata
            || !context.Request.Headers.ContainsKey(IdempotencyExtensions.Header))
        {
            await next(context);
            return;
        }

        if (context.FindIdempotencyKey() is not { Length: <= MaxKeyLength } key)
            throw new ProblemException(StatusCodes.Status400BadRequest, "invalid_idempotency_key",
                $"Idempotency-Key must be given once and have 1 to {MaxKeyLength} characters.");

        var db = (DbContext)context.RequestServices.GetRequiredService(metadata.ContextType);
        var entry = new IdempotencyEntry(ScopeOf(context), key, await HashBodyAsync(context.Request, key, context.RequestAborted));
        if (metadata.HoldsTransaction)
            await RunInTransactionAsync(context, db, entry);
        else
            await RunWithClaimAsync(context, db, entry);
    }

    private async Task RunInTransactionAsync(HttpContext context, DbContext db, IdempotencyEntry entry)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(context.RequestAborted);

        // A second request with the same key waits here until the first has committed.
        if (!await IdempotencyStore.TryInsertAsync(db, entry, context.RequestAborted))
        {
            await ReplayAsync(context, db, entry);
            return;
        }

        await using var answer = new BufferedAnswer(context);
        await next(context);
        if (answer.IsFinal)
        {
            await IdempotencyStore.CompleteAsync(db, entry, answer.Capture(), CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }
        else
        {
            await transaction.RollbackAsync(CancellationToken.None);
        }

        await answer.SendAsync(context.RequestAborted);
    }

    private async Task RunWithClaimAsync(HttpContext context, DbContext db, IdempotencyEntry entry)
    {
        if (!await IdempotencyStore.TryClaimAsync(db, entry, context.RequestAborted))
        {
            await ReplayAsync(context, db, entry);
            return;
        }

        await using var answer = new BufferedAnswer(context);
        try
        {
            await next(context);
        }
        catch
        {
            await IdempotencyStore.ReleaseAsync(db, entry, CancellationToken.None);
            throw;
        }

        if (answer.IsFinal)
            await IdempotencyStore.CompleteAsync(db, entry, answer.Capture(), CancellationToken.None);
        else
            await IdempotencyStore.ReleaseAsync(db, entry, CancellationToken.None);
        await answer.SendAsync(context.RequestAborted);
    }

    private static async Task ReplayAsync(HttpContext context, DbContext db, IdempotencyEntry entry)
    {
        var stored = await IdempotencyStore.FindAsync(db, entry, context.RequestAborted);
        if (stored is { SameRequest: false })
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused",
                "This Idempotency-Key was used with another request body.");
        if (stored?.Answer is not { } answer)
        {
            throw new ProblemException(StatusCodes.Status409Conflict, "request_in_progress",
                "The first request with this Idempotency-Key is still at work. Try again.")
            { IsMomentary = true };
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        if (answer.Location is not null)
            context.Response.Headers.Location = answer.Location;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Idempotency-Replayed"] = "true";
        // Writing nothing would start the response, and the status code pages could not describe an error as the first time.
        if (answer.Body.Length > 0)
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    /// <remarks>The path, not the route's pattern: one key used on two orders is two requests.</remarks>
    private static string ScopeOf(HttpContext context) =>
        $"{context.User.FindSubject() ?? "anonymous"} {context.Request.Method} {context.Request.Path}";

    /// <remarks>With the client's key, which is not stored: a plain hash of a body that holds a password could be guessed through.</remarks>
    private static async Task<byte[]> HashBodyAsync(HttpRequest request, string key, CancellationToken cancellationToken)
    {
        request.EnableBuffering();
        var hash = await HMACSHA256.HashDataAsync(Encoding.UTF8.GetBytes(key), request.Body, cancellationToken);
        request.Body.Position = 0;
        return hash;
    }

    /// <summary>Holds the answer back until what it says is committed.</summary>
    private sealed class BufferedAnswer : IAsyncDisposable
    {
        private readonly HttpContext _context;
        private readonly Stream _client;
        private readonly MemoryStream _buffer = new();

        public BufferedAnswer(HttpContext context)
        {
            _context = context;
            _client = context.Response.Body;
            context.Response.Body = _buffer;
        }

        /// <summary>Whether the same request would be answered so again: not after a failure of ours or a matter of who asks, or when.</summary>
        public bool IsFinal => _context.Response.Headers.RetryAfter.Count == 0 && _context.Response.StatusCode is < 500
            and not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
                or StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests
                or StatusCodes.Status499ClientClosedRequest);

        public StoredAnswer Capture() => new(
            _context.Response.StatusCode, _context.Response.ContentType, _context.Response.Headers.Location, _buffer.ToArray());

        public async Task SendAsync(CancellationToken cancellationToken)
        {
            _buffer.Position = 0;
            _context.Response.Body = _client;
            await _buffer.CopyToAsync(_client, cancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            _context.Response.Body = _client;
            return _buffer.DisposeAsync();
        }
    }
}
