using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Shop.ServiceDefaults;
using Shop.Web.Api;

namespace Shop.Web.Admin.Messaging;

/// <summary>
/// The services' own view of their messages, asked with the token of the signed-in user: each service checks what the user may
/// do, and writes down who did it. The storefront itself knows neither the broker nor a database.
/// </summary>
internal sealed class OperatorClient(HttpClient http)
{
    public const string DeadLetters = "dead-letters";
    public const string Outbox = "outbox";

    public Task<QueueFigures> ReadQueueAsync(string service, CancellationToken cancellationToken) =>
        GetAsync<QueueFigures>(service, "queues", cancellationToken);

    public async Task<OutboxFigures> ReadOutboxAsync(string service, CancellationToken cancellationToken)
    {
        var pending = ListOutboxAsync(service, new(State: "pending"), 1, 1, cancellationToken);
        var parked = ListOutboxAsync(service, new(State: "parked"), 1, 1, cancellationToken);
        await Task.WhenAll(pending, parked);
        return new OutboxFigures((await pending).Total, (await pending).Items is [var oldest, ..] ? oldest.AddedAt : null, (await parked).Total);
    }

    /// <remarks>Looking at dead letters takes them out of their queue for a moment.</remarks>
    public Task<DeadLetterGroups> GroupDeadLettersAsync(string service, CancellationToken cancellationToken) =>
        GetAsync<DeadLetterGroups>(service, DeadLetters, cancellationToken);

    public Task<List<OutboxGroup>> GroupParkedAsync(string service, CancellationToken cancellationToken) =>
        GetAsync<List<OutboxGroup>>(service, $"{Outbox}/groups", cancellationToken);

    public Task<Page<DeadLetter>> ListDeadLettersAsync(
        string service, MessageQuery query, int page, int pageSize, CancellationToken cancellationToken) =>
        ListAsync<DeadLetter>(service, $"{DeadLetters}/messages", query, page, pageSize, cancellationToken);

    public Task<Page<OutboxMessage>> ListOutboxAsync(
        string service, MessageQuery query, int page, int pageSize, CancellationToken cancellationToken) =>
        ListAsync<OutboxMessage>(service, Outbox, query, page, pageSize, cancellationToken);

    /// <returns>Null when it is not, or no longer, a dead letter of the service.</returns>
    public Task<DeadLetterDetails?> FindDeadLetterAsync(string service, Guid id, CancellationToken cancellationToken) =>
        FindAsync<DeadLetterDetails>(service, $"{DeadLetters}/{id}", cancellationToken);

    /// <returns>Null when it is not, or no longer, in the outbox of the service.</returns>
    public Task<OutboxMessageDetails?> FindOutboxAsync(string service, Guid id, CancellationToken cancellationToken) =>
        FindAsync<OutboxMessageDetails>(service, $"{Outbox}/{id}", cancellationToken);

    /// <summary>Has messages sent again; a dry run only says which.</summary>
    /// <param name="service">Whose.</param>
    /// <param name="kind"><see cref="DeadLetters"/> or <see cref="Outbox"/>.</param>
    /// <param name="choice">Which.</param>
    /// <param name="dryRun">Whether to do nothing.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    public async Task<Replay> ReplayAsync(string service, string kind, MessageChoice choice, bool dryRun, CancellationToken cancellationToken)
    {
        Guid[]? ids = choice.Id is { } id ? [id] : null;
        object what = kind == Outbox
            ? new { ids, choice.Group, dry_run = dryRun }
            : new { message_ids = ids, choice.Group, dry_run = dryRun };
        using var response = await http.PostAsJsonAsync(Address(service, $"{kind}/replay"), what, JsonDefaults.Client, cancellationToken);
        return await response.ReadAsync<Replay>(cancellationToken);
    }

    private async Task<T> GetAsync<T>(string service, string path, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(Address(service, path), cancellationToken);
        return await response.ReadAsync<T>(cancellationToken);
    }

    private async Task<T?> FindAsync<T>(string service, string path, CancellationToken cancellationToken) where T : class
    {
        using var response = await http.GetAsync(Address(service, path), cancellationToken);
        return await response.FindAsync<T>(cancellationToken);
    }

    private async Task<Page<T>> ListAsync<T>(
        string service, string path, MessageQuery query, int page, int pageSize, CancellationToken cancellationToken)
    {
        var address = QueryHelpers.AddQueryString(path, new Dictionary<string, string?>
        {
            ["state"] = query.State,
            ["group"] = query.Group,
            ["search"] = query.Search,
            ["page"] = page.ToString(CultureInfo.InvariantCulture),
            ["page_size"] = pageSize.ToString(CultureInfo.InvariantCulture),
        }.Where(pair => !string.IsNullOrEmpty(pair.Value)));
        using var response = await http.GetAsync(Address(service, address), cancellationToken);
        return await response.ReadPageAsync<T>(page, pageSize, cancellationToken);
    }

    private static Uri Address(string service, string path) => new($"http://{service}/messaging/{path}");
}

/// <summary>Which messages are listed.</summary>
/// <param name="State">What became of those in an outbox.</param>
/// <param name="Group">Those of a group.</param>
/// <param name="Search">Those with this id, key or trace.</param>
internal sealed record MessageQuery(string? State = null, string? Group = null, string? Search = null);
