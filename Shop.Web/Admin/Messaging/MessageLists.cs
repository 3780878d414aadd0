using Shop.Web.Api;

namespace Shop.Web.Admin.Messaging;

/// <summary>A service that did not answer, and the key of the text that says why.</summary>
public sealed record SilentService(string Service, string Problem)
{
    internal static IReadOnlyList<SilentService> Among<T>(IEnumerable<Answer<T>> answers) =>
        [.. answers.Where(answer => answer.Problem is not null).Select(answer => new SilentService(answer.Service, answer.Problem!))];
}

/// <summary>What stuck, by cause.</summary>
/// <param name="Groups">The groups, the largest first.</param>
/// <param name="Silent">Services whose groups are missing.</param>
/// <param name="Unseen">Messages that were not looked at and are in no group.</param>
public sealed record StuckGroups(IReadOnlyList<StuckGroup> Groups, IReadOnlyList<SilentService> Silent, long Unseen)
{
    internal static StuckGroups Of(IReadOnlyList<Answer<DeadLetterGroups>> answers) => new(
        Sort(answers.SelectMany(answer => (answer.Value?.Groups ?? []).Select(group => new StuckGroup(
            answer.Service, group.Id, group.Type, group.ErrorType, group.Error, group.Count, group.FirstFailure, group.LastFailure)))),
        SilentService.Among(answers), answers.Sum(answer => answer.Value?.Unseen ?? 0));

    internal static StuckGroups Of(IReadOnlyList<Answer<List<OutboxGroup>>> answers) => new(
        Sort(answers.SelectMany(answer => (answer.Value ?? []).Select(group => new StuckGroup(
            answer.Service, group.Id, group.Type, null, group.Error, group.Count, group.FirstParkedAt, group.LastParkedAt)))),
        SilentService.Among(answers), 0);

    private static IReadOnlyList<StuckGroup> Sort(IEnumerable<StuckGroup> groups) => [.. groups.OrderByDescending(group => group.Count)];
}

/// <summary>Messages that stuck for one reason, wherever they stuck.</summary>
public sealed record StuckGroup(
    string Service, string Id, string? Type, string? ErrorType, string? Error, int Count, DateTimeOffset? First, DateTimeOffset? Last);

/// <summary>Messages that were asked for.</summary>
/// <param name="Messages">Those on this page, the latest first.</param>
/// <param name="Silent">Services whose messages are missing.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Number">The page's number.</param>
/// <param name="Last">That of the last page; 1 when several services were asked, each for its first.</param>
public sealed record FoundMessages(
    IReadOnlyList<FoundMessage> Messages, IReadOnlyList<SilentService> Silent, long Total, int Number, int Last)
{
    /// <summary>Messages on a page, of each service that is asked.</summary>
    internal const int PageSize = 20;

    internal static FoundMessages Of(IReadOnlyList<Answer<Page<DeadLetter>>> answers) => Of(answers, (service, letter) => new FoundMessage(
        service, Guid.TryParse(letter.MessageId, out var id) ? id : null, letter.MessageId, letter.Type, letter.Key,
        null, letter.ErrorType, letter.Error, letter.Attempts, letter.LastFailure));

    internal static FoundMessages Of(IReadOnlyList<Answer<Page<OutboxMessage>>> answers) => Of(answers, (service, row) => new FoundMessage(
        service, row.Id, row.Id.ToString(), row.Type, row.Key, row.State, null, row.LastError, row.Attempts, row.AddedAt));

    private static FoundMessages Of<T>(IReadOnlyList<Answer<Page<T>>> answers, Func<string, T, FoundMessage> describe) => new(
        [
            .. answers.SelectMany(answer => (answer.Value?.Items ?? []).Select(item => describe(answer.Service, item)))
                .OrderByDescending(message => message.At),
        ],
        SilentService.Among(answers),
        answers.Sum(answer => answer.Value?.Total ?? 0),
        answers is [{ Value: { } only }] ? only.Number : 1,
        answers is [{ Value: { } paged }] ? paged.Last : 1);
}

/// <summary>A message in a list, wherever it lies.</summary>
/// <param name="Service">Whose it is.</param>
/// <param name="Id">Its id; null when it has none by which it can be asked for.</param>
/// <param name="Name">Its id as it stands in the message.</param>
/// <param name="Type">The event.</param>
/// <param name="Key">What it happened to.</param>
/// <param name="State">What became of it in an outbox.</param>
/// <param name="ErrorType">The type of the exception.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="At">When it failed, or was added to its outbox.</param>
public sealed record FoundMessage(
    string Service, Guid? Id, string? Name, string? Type, string? Key, string? State, string? ErrorType, string? Error,
    long? Attempts, DateTimeOffset? At);
