using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Messages;

/// <summary>Asks the services about their messages, and has them sent again.</summary>
internal sealed class OperatorClient(HttpClient http, OwnTraces traces, IOptions<MessagesOptions> options)
{
    public const int PageSize = 100;

    private const string TotalHeader = "X-Total-Count";

    private readonly ConcurrentDictionary<string, string> _queues = new();

    public IEnumerable<string> Services => options.Value.Services.Keys.Order(StringComparer.OrdinalIgnoreCase);

    public bool Knows(string? service) => service is not null && options.Value.Services.ContainsKey(service);

    /// <summary>Rows of an outbox in this state: pending ones with the oldest first, others with the newest.</summary>
    public async Task<Listed<OutboxMessage>> ListOutboxAsync(string service, string state, int pageSize, CancellationToken cancellationToken)
    {
        using var response = await LookAsync(service, QueryText.Url("outbox", ("state", state), ("page_size", pageSize.ToString(CultureInfo.InvariantCulture))), cancellationToken);
        return await ReadListAsync<OutboxMessage>(response, cancellationToken);
    }

    public async Task<OutboxMessageDetails?> FindOutboxAsync(string service, Guid id, CancellationToken cancellationToken) =>
        await FindAsync<OutboxMessageDetails>(service, $"outbox/{id}", cancellationToken);

    /// <summary>The dead letters by cause; nothing for a service that consumes no queue. Looking takes them out of their queue for a moment.</summary>
    public async Task<DeadLetterGroups?> GroupDeadLettersAsync(string service, CancellationToken cancellationToken)
    {
        var groups = await FindAsync<DeadLetterGroups>(service, "dead-letters", cancellationToken);
        _queues[service] = groups?.Queue ?? "";
        return groups;
    }

    public async Task<Listed<DeadLetter>> ListDeadLettersAsync(string service, MessageChoice choice, CancellationToken cancellationToken)
    {
        using var response = await LookAsync(
            service, QueryText.Url("dead-letters/messages", ("type", choice.Type), ("error_type", choice.ErrorType), ("page_size", PageSize)), cancellationToken);
        return await ReadListAsync<DeadLetter>(response, cancellationToken);
    }

    public async Task<DeadLetterDetails?> FindDeadLetterAsync(string service, Guid id, CancellationToken cancellationToken) =>
        await FindAsync<DeadLetterDetails>(service, $"dead-letters/{id}", cancellationToken);

    /// <summary>The queue a service consumes; it is asked once. Nothing when it has none, or does not answer.</summary>
    public async Task<string?> FindQueueAsync(string service, CancellationToken cancellationToken)
    {
        if (!_queues.ContainsKey(service))
            await GroupDeadLettersAsync(service, cancellationToken);
        return _queues.GetValueOrDefault(service) is { Length: > 0 } queue ? queue : null;
    }

    /// <summary>Has parked rows published; a dry run only says which.</summary>
    public Task<Replay<OutboxMessage>> ReplayOutboxAsync(string service, MessageChoice choice, bool dryRun, CancellationToken cancellationToken) =>
        ReplayAsync<OutboxMessage>(service, "outbox/replay", new { ids = Ids(choice), type = NullIfEmpty(choice.Type), dry_run = dryRun }, dryRun, cancellationToken);

    /// <summary>Has dead letters handled again; a dry run only says which.</summary>
    public Task<Replay<DeadLetter>> ReplayDeadLettersAsync(string service, MessageChoice choice, bool dryRun, CancellationToken cancellationToken) =>
        ReplayAsync<DeadLetter>(
            service, "dead-letters/replay",
            new { message_ids = Ids(choice), type = NullIfEmpty(choice.Type), error_type = NullIfEmpty(choice.ErrorType), dry_run = dryRun }, dryRun, cancellationToken);

    private static Guid[]? Ids(MessageChoice choice) => choice.Id is { } id ? [id] : null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private Uri Address(string service, string path) => new(options.Value.Services[service], $"/messaging/{path}");

    private async Task<T?> FindAsync<T>(string service, string path, CancellationToken cancellationToken)
        where T : class
    {
        using var response = await LookAsync(service, path, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        await CheckAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<T>(OperatorContracts.Json, cancellationToken);
    }

    private async Task<HttpResponseMessage> LookAsync(string service, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(service, path));
        request.Headers.Add("traceparent", traces.Next());
        return await http.SendAsync(request, cancellationToken);
    }

    private async Task<Replay<T>> ReplayAsync<T>(string service, string path, object body, bool dryRun, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(service, path)) { Content = JsonContent.Create(body, options: OperatorContracts.Json) };
        if (dryRun)
            request.Headers.Add("traceparent", traces.Next());
        using var response = await http.SendAsync(request, cancellationToken);
        await CheckAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<Replay<T>>(OperatorContracts.Json, cancellationToken))!;
    }

    private static async Task<Listed<T>> ReadListAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await CheckAsync(response, cancellationToken);
        var items = (await response.Content.ReadFromJsonAsync<List<T>>(OperatorContracts.Json, cancellationToken))!;
        var total = response.Headers.TryGetValues(TotalHeader, out var values) && long.TryParse(values.First(), CultureInfo.InvariantCulture, out var count) ? count : items.Count;
        return new Listed<T>(items, total);
    }

    /// <summary>A refusal says why in the words of the service (RFC 9457).</summary>
    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<Problem>(OperatorContracts.Json, cancellationToken);
            throw new HttpRequestException($"{status}: {problem?.Detail ?? problem?.Title}", null, response.StatusCode);
        }
        catch (JsonException)
        {
            throw new HttpRequestException(status, null, response.StatusCode);
        }
    }

    private sealed record Problem(string? Title, string? Detail);
}
