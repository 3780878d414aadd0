using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Messages;

/// <summary>Asks RabbitMQ's management API for the queues.</summary>
internal sealed class Broker(HttpClient http, IOptions<MessagesOptions> options)
{
    private const int MaxQueues = 500; // The most that one page of the API has.

    private const string Columns =
        "name,vhost,state,type,messages_ready,messages_unacknowledged,consumers,arguments,message_stats.publish_details.rate,message_stats.deliver_get_details.rate";

    public bool IsConfigured => options.Value.Broker.Url is not null;

    /// <summary>The queues, each with those that belong to it.</summary>
    public async Task<IReadOnlyList<QueueFamily>> ListAsync(CancellationToken cancellationToken)
    {
        var broker = options.Value.Broker;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(broker.Url!, $"/api/queues?page=1&page_size={MaxQueues}&columns={Columns}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{broker.UserName}:{broker.Password}")));
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var page = (await response.Content.ReadFromJsonAsync<QueuePage>(OperatorContracts.Json, cancellationToken))!;
        return QueueFamily.Of(page.Items);
    }

    private sealed record QueuePage(IReadOnlyList<Queue> Items);
}

/// <summary>A queue as the broker describes it; what it has just been told of has no numbers yet.</summary>
public sealed record Queue(
    string Name, string? State, string? Type, long MessagesReady, long MessagesUnacknowledged, int Consumers,
    [property: JsonPropertyName("message_stats")] QueueStatistics? Statistics, IReadOnlyDictionary<string, JsonElement>? Arguments)
{
    public long Depth => MessagesReady + MessagesUnacknowledged;

    public double PublishRate => Statistics?.PublishDetails?.PerSecond ?? 0;

    public double DeliverRate => Statistics?.DeliverGetDetails?.PerSecond ?? 0;

    /// <summary>How long messages wait here before they move on; nothing for a queue that has no such limit.</summary>
    public TimeSpan? Wait => Arguments?.TryGetValue("x-message-ttl", out var wait) == true && wait.TryGetInt64(out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>The queue to which what dies here goes, when it goes straight to a queue.</summary>
    public string? DeadLetterTarget => Text("x-dead-letter-exchange") == "" ? Text("x-dead-letter-routing-key") : null;

    private string? Text(string argument) => Arguments?.TryGetValue(argument, out var value) == true && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What moves through a queue.</summary>
public sealed record QueueStatistics(Rate? PublishDetails, Rate? DeliverGetDetails);

/// <summary>Messages a second.</summary>
public sealed record Rate([property: JsonPropertyName("rate")] double PerSecond);

/// <summary>A queue with those where its messages wait for another try, and the one where they lie that cannot be handled.</summary>
public sealed record QueueFamily(Queue Main, IReadOnlyList<Queue> Retries, Queue? DeadLetters)
{
    /// <summary>
    /// Tells from the queues' own arguments what each is: a retry queue lets its messages die after a while, back into the queue
    /// they came from; a queue of dead letters is where those of others go, and lets none die.
    /// </summary>
    public static IReadOnlyList<QueueFamily> Of(IReadOnlyList<Queue> queues)
    {
        var byName = queues.DistinctBy(queue => queue.Name).ToDictionary(queue => queue.Name);
        var retries = queues.Where(queue => queue is { Wait: not null, DeadLetterTarget: { } target } && byName.ContainsKey(target)).ToLookup(queue => queue.DeadLetterTarget!);
        var mains = byName.Values.Where(queue => queue.Wait is null && !IsDeadLetters(queue)).ToArray();
        return [.. mains.OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(queue => new QueueFamily(
            queue, [.. retries[queue.Name].OrderBy(retry => retry.Wait)], queue.DeadLetterTarget is { } target ? byName.GetValueOrDefault(target) : null))];

        bool IsDeadLetters(Queue queue) => queue.DeadLetterTarget is null && byName.Values.Any(other => other.Wait is null && other.DeadLetterTarget == queue.Name);
    }
}
