using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Security;

namespace Shop.Messaging.Operations;

/// <summary>What the service was told and could not handle.</summary>
internal static class DeadLetterEndpoints
{
    private const string UnseenHeader = "X-Unseen-Count";

    public static void Map(RouteGroupBuilder deadLetters)
    {
        deadLetters.MapGet("", GroupAsync)
            .WithSummary("The messages that could not be handled, by type and error");
        deadLetters.MapGet("/messages", ListAsync)
            .WithSummary("The messages that could not be handled, by the time of their last failure");
        deadLetters.MapGet("/{id}", FindAsync)
            .WithSummary("One of them with its headers, body, error and timeline");
        deadLetters.MapPost("/replay", ReplayAsync).RequirePermission(Permissions.MessagingReplay)
            .WithSummary("Has messages handled again; what was handled already stays as it is. A dry run only lists them");
    }

    private static async Task<Ok<DeadLetterGroups>> GroupAsync(DeadLetterQueue queue, CancellationToken cancellationToken)
    {
        var view = await queue.BrowseAsync(cancellationToken);
        var groups = view.Letters
            .GroupBy(letter => (letter.Type, letter.ErrorType, letter.ErrorGroup))
            .Select(group => new DeadLetterGroup(
                group.First().GroupId, group.Key.Type, group.Key.ErrorType, group.Key.ErrorGroup, group.Count(),
                group.Min(letter => letter.FirstFailure), group.Max(letter => letter.LastFailure)))
            .OrderByDescending(group => group.Count);
        return TypedResults.Ok(new DeadLetterGroups(queue.Queue, view.Letters.Count + view.Unseen, view.Unseen, [.. groups]));
    }

    private static async Task<Ok<List<DeadLetterSummary>>> ListAsync(
        DeadLetterQueue queue, [AsParameters] DeadLetterFilter filter, Paging paging, HttpResponse response, CancellationToken cancellationToken)
    {
        var view = await queue.BrowseAsync(cancellationToken);
        var matching = view.Letters.Where(filter.Matches).ToList();
        paging.WriteHeaders(response, matching.Count);
        response.Headers[UnseenHeader] = view.Unseen.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Ok(matching.Skip(paging.Offset).Take(paging.PageSize).Select(DeadLetterSummary.Of).ToList());
    }

    private static async Task<Results<Ok<DeadLetterDetails>, ProblemHttpResult>> FindAsync(
        Guid id, DeadLetterQueue queue, MessagingDatabase database, CancellationToken cancellationToken)
    {
        var view = await queue.BrowseAsync(cancellationToken);
        if (view.Letters.LastOrDefault(letter => letter.Id == id) is not { } letter)
            return Problems.NotFound("There is no such message among the dead letters.");

        var handledAt = await database.FindHandledAsync(id, queue.Queue, cancellationToken);
        return TypedResults.Ok(new DeadLetterDetails(
            id, letter.Type, letter.Key, letter.TraceId, letter.GroupId, letter.ErrorType, letter.Error, letter.Attempts,
            letter.FirstFailure, letter.LastFailure, handledAt, letter.HeadersAsJson(), letter.BodyAsJson(), TimelineEntry.Of(
            [
                (MessageTime.Of(id), "added"),
                .. letter.Replays.Select(at => (at, "replayed")),
                (letter.FirstFailure, "failed_first"),
                .. letter.Retries.Select(at => (at, "retried")),
                (letter.LastFailure, "failed_last"),
                (handledAt, "handled"),
            ])));
    }

    private static async Task<Ok<ReplayResponse<DeadLetterSummary>>> ReplayAsync(
        DeadLetterReplayRequest request, ClaimsPrincipal user, DeadLetterQueue queue, ILogger<DeadLetterQueue> logger, CancellationToken cancellationToken)
    {
        if (request.DryRun)
        {
            var view = await queue.BrowseAsync(cancellationToken);
            return Answer(new DeadLetterReplay([.. view.Letters.Where(request.Choose())], 0, view.Unseen), dryRun: true);
        }

        var subject = user.FindSubject();
        var replay = await queue.ReplayAsync(request.Choose(), subject, cancellationToken);
        OperatorLog.DeadLettersReplayed(
            logger, subject, replay.Replayed, replay.Chosen.Count, queue.Queue, request.Type, request.ErrorType, request.MessageIds?.Count ?? 0);
        return Answer(replay, dryRun: false);

        static Ok<ReplayResponse<DeadLetterSummary>> Answer(DeadLetterReplay replay, bool dryRun) => TypedResults.Ok(
            new ReplayResponse<DeadLetterSummary>(
                dryRun, replay.Chosen.Count, replay.Replayed, replay.Chosen.Count - replay.Replayed,
                [.. replay.Chosen.Take(ReplayResponse<DeadLetterSummary>.MaxListed).Select(DeadLetterSummary.Of)], replay.Unseen));
    }
}
