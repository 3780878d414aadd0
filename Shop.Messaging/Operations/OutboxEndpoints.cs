using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Outbox;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Security;

namespace Shop.Messaging.Operations;

/// <summary>What the service has said, has to say, and could not say.</summary>
internal static class OutboxEndpoints
{
    /// <summary>Parked rows that one call sends again.</summary>
    private const int MaxReplayed = 10_000;

    private const int MaxGroups = 500;

    public static void Map(RouteGroupBuilder outbox)
    {
        outbox.MapGet("", ListAsync)
            .WithSummary("The service's own events: pending (oldest first), parked or published (newest first)");
        outbox.MapGet("/groups", GroupAsync)
            .WithSummary("The parked events, by type and error");
        outbox.MapGet("/{id}", FindAsync)
            .WithSummary("One event with its headers, body and timeline");
        outbox.MapPost("/replay", ReplayAsync).RequirePermission(Permissions.MessagingReplay)
            .WithSummary("Has parked events published after all; a dry run only lists them");
    }

    private static async Task<Results<Ok<List<OutboxMessageSummary>>, ProblemHttpResult>> ListAsync(
        MessagingDatabase database, [AsParameters] OutboxFilter filter, Paging paging, HttpResponse response, CancellationToken cancellationToken)
    {
        var rows = filter.State switch
        {
            null => database.Outbox.OrderByDescending(row => row.Sequence),
            "pending" => database.Outbox.Where(row => row.PublishedAt == null && row.ParkedAt == null).OrderBy(row => row.Sequence),
            "parked" => database.Outbox.Where(row => row.ParkedAt != null).OrderByDescending(row => row.Sequence),
            "published" => database.Outbox.Where(row => row.PublishedAt != null).OrderByDescending(row => row.Sequence),
            _ => null as IQueryable<OutboxRow>,
        };
        if (rows is null)
            return Problems.BadRequest("unknown_state", "state is pending, parked or published.");
        if (filter.Type is { } type)
            rows = rows.Where(row => row.Type == type);
        if (filter.Key is { } key)
            rows = rows.Where(row => row.Key == key);
        if (filter.Group is { } group)
            rows = rows.Where(row => row.ParkedAt != null && row.Group == group);
        if (filter.Search?.Trim() is { } search)
        {
            Guid? id = Guid.TryParse(search, out var parsed) ? parsed : null;
            var trace = $"-{search.ToLowerInvariant()}-"; // Within 00-{trace}-{span}-{flags}.
            rows = rows.Where(row => row.Key == search || row.Id == id || row.TraceParent!.Contains(trace));
        }

        paging.WriteHeaders(response, await rows.LongCountAsync(cancellationToken));
        return TypedResults.Ok(await rows.Skip(paging.Offset).Take(paging.PageSize).Select(OutboxRow.Summary).ToListAsync(cancellationToken));
    }

    private static async Task<Ok<List<OutboxGroup>>> GroupAsync(MessagingDatabase database, CancellationToken cancellationToken) =>
        TypedResults.Ok(await database.Outbox
            .Where(row => row.ParkedAt != null)
            .GroupBy(row => new { row.Group, row.Type, row.LastError })
            .OrderByDescending(group => group.Count())
            .Take(MaxGroups)
            .Select(group => new OutboxGroup(
                group.Key.Group, group.Key.Type, group.Key.LastError, group.Count(),
                group.Min(row => row.ParkedAt)!.Value, group.Max(row => row.ParkedAt)!.Value))
            .ToListAsync(cancellationToken));

    private static async Task<Results<Ok<OutboxMessageDetails>, ProblemHttpResult>> FindAsync(
        Guid id, MessagingDatabase database, CancellationToken cancellationToken)
    {
        if (await database.Outbox.FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } row)
            return Problems.NotFound("There is no such message in the outbox. Published ones are deleted after a while.");

        var summary = OutboxRow.Summary.Compile()(row);
        Dictionary<string, string> headers = [];
        if (row.TraceParent is not null)
            headers[MessagingActivity.TraceParentHeader] = row.TraceParent;
        if (!string.IsNullOrEmpty(row.TraceState))
            headers["tracestate"] = row.TraceState;
        return TypedResults.Ok(new OutboxMessageDetails(
            summary, MessagingActivity.TraceIdOf(row.TraceParent), row.Group, headers, JsonNode.Parse(row.Payload), TimelineEntry.Of(
                (row.AddedAt, "added"), (summary.NextAttemptAt, "next_attempt"), (row.PublishedAt, "published"), (row.ParkedAt, "parked"))));
    }

    private static async Task<Ok<ReplayResponse<OutboxMessageSummary>>> ReplayAsync(
        OutboxReplayRequest request, ClaimsPrincipal user, MessagingDatabase database, OutboxSignal signal, ILogger<OutboxMessage> logger,
        CancellationToken cancellationToken)
    {
        var matching = database.Outbox.Where(row => row.ParkedAt != null);
        if (request.Ids is { Count: > 0 } ids)
            matching = matching.Where(row => ids.Contains(row.Id));
        if (request.Type is { } type)
            matching = matching.Where(row => row.Type == type);
        if (request.Error is { } error)
            matching = matching.Where(row => row.LastError!.Contains(error));
        if (request.Group is { } group)
            matching = matching.Where(row => row.Group == group);

        var total = await matching.CountAsync(cancellationToken);
        var chosen = matching.OrderBy(row => row.Sequence).Take(MaxReplayed);
        var listed = await chosen.Take(ReplayResponse<OutboxMessageSummary>.MaxListed).Select(OutboxRow.Summary).ToListAsync(cancellationToken);
        if (request.DryRun)
            return TypedResults.Ok(new ReplayResponse<OutboxMessageSummary>(true, Math.Min(total, MaxReplayed), 0, total, listed));

        var sequences = await chosen.Select(row => row.Sequence).ToArrayAsync(cancellationToken);
        var replayed = await database.UnparkAsync(sequences, cancellationToken);
        signal.Set();
        OperatorLog.OutboxReplayed(logger, user.FindSubject(), replayed, request.Type, request.Error, request.Ids?.Count ?? 0);
        return TypedResults.Ok(new ReplayResponse<OutboxMessageSummary>(false, sequences.Length, replayed, total - replayed, listed));
    }
}
