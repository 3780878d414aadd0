using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RabbitMQ.Client;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Inbox;

namespace Shop.Messaging.Operations;

/// <summary>A message that the service could not handle, as it lies in the queue of dead letters.</summary>
internal sealed partial class DeadLetter
{
    private const string ReplaysHeader = "x-shop-replays";
    private const int MaxReplays = 20;
    private const int GroupIdLength = 16;

    private readonly BasicGetResult _message;
    private readonly Dictionary<string, object?> _headers;
    private readonly (string Reason, DateTimeOffset? At)? _brokersDeath;

    public DeadLetter(BasicGetResult message)
    {
        _message = message;
        _headers = new(message.BasicProperties.Headers ?? new Dictionary<string, object?>());
        FirstFailure = Moment(FailedDeliveries.FirstFailureHeader);
        LastFailure = Moment(FailedDeliveries.LastFailureHeader);
        _brokersDeath = FindBrokersDeath();
        if (_brokersDeath is { } death)
            (FirstFailure, LastFailure) = (FirstFailure ?? death.At, death.At ?? LastFailure);
    }

    /// <summary>By which the channel that it was got on acknowledges it.</summary>
    public ulong Tag => _message.DeliveryTag;

    public IReadOnlyBasicProperties Properties => _message.BasicProperties;

    public ReadOnlyMemory<byte> Body => _message.Body;

    /// <summary>The id; what was not published by the shop may have none, or no UUID.</summary>
    public string? MessageId => Properties.MessageId;

    public Guid? Id => Guid.TryParse(MessageId, out var id) ? id : null;

    public string? Type => Properties.Type;

    public string? Key => Properties.CorrelationId;

    /// <summary>The type of the exception, or why the broker itself gave the message up.</summary>
    public string? ErrorType => _brokersDeath?.Reason ?? Text(FailedDeliveries.ErrorTypeHeader);

    /// <summary>The exception with its stack trace.</summary>
    public string? Error => _brokersDeath is { } death
        ? $"The broker gave the message up: {death.Reason}. Handling it may have ended the process."
        : Text(FailedDeliveries.ErrorHeader);

    /// <summary>What the exception says, in one line.</summary>
    public string? ErrorLine => Error?.Split('\n', 2)[0].TrimEnd('\r');

    /// <summary>The error line without the ids in it, so that failures of one cause are one group.</summary>
    public string? ErrorGroup => ErrorLine is { } line ? Uuid().Replace(line, "{id}") : null;

    /// <summary>Names the group that it is in: the messages of its type that failed for one reason.</summary>
    public string GroupId =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Type}\0{ErrorType}\0{ErrorGroup}")))[..GroupIdLength];

    /// <summary>The trace that it belongs to.</summary>
    public string? TraceId => MessagingActivity.TraceIdOf(Text(MessagingActivity.TraceParentHeader));

    public long? Attempts => _headers.TryGetValue(FailedDeliveries.AttemptsHeader, out var value) && value is int or long
        ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
        : null;

    public DateTimeOffset? FirstFailure { get; }

    public DateTimeOffset? LastFailure { get; }

    /// <summary>When its waits for another try were over, as far as the broker has kept that.</summary>
    public IEnumerable<DateTimeOffset?> Retries => Deaths().Where(death => death.Reason == "expired").Select(death => death.At);

    /// <summary>When it was replayed, the latest times.</summary>
    public IEnumerable<DateTimeOffset?> Replays =>
        _headers.GetValueOrDefault(ReplaysHeader) is IList<object?> replays ? replays.Select(replay => ParseMoment(AsText(replay))) : [];

    /// <summary>The body as JSON, or as text where it is none.</summary>
    public JsonNode? BodyAsJson()
    {
        try
        {
            return JsonNode.Parse(Body.Span);
        }
        catch (JsonException)
        {
            return JsonValue.Create(BodyText());
        }
    }

    public string BodyText() => Encoding.UTF8.GetString(Body.Span);

    public IReadOnlyDictionary<string, object?> HeadersAsJson() => _headers.ToDictionary(header => header.Key, header => Readable(header.Value));

    /// <summary>Whether this is its id, what it happened to, or its trace.</summary>
    public bool IsAbout(string search) => new[] { MessageId, Key, TraceId }.Contains(search.Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The properties with which it is sent to its queue again: as it came the first time, so that it has all its tries.
    /// All that is added is when it was replayed.
    /// </summary>
    public BasicProperties PropertiesForReplay(DateTimeOffset now)
    {
        var headers = _headers.Where(header => !IsFromFailing(header.Key)).ToDictionary();
        headers[ReplaysHeader] = Replays.Append(now).TakeLast(MaxReplays)
            .Select(replay => (object?)replay?.ToString("O", CultureInfo.InvariantCulture)).ToList();
        return new BasicProperties(Properties) { Headers = headers, DeliveryMode = DeliveryModes.Persistent };
    }

    private static bool IsFromFailing(string header) => header.StartsWith("x-shop-", StringComparison.Ordinal)
        || header is "x-delivery-count" or "x-death" or "x-acquired-count"
        || header.StartsWith("x-first-death-", StringComparison.Ordinal) || header.StartsWith("x-last-death-", StringComparison.Ordinal);

    /// <remarks>
    /// The broker keeps its own record (<c>x-death</c>, newest first), also of waits in the retry queues. What counts is a
    /// delivery limit that was reached after the last failure that we know of: then no exception could be written down.
    /// </remarks>
    private (string Reason, DateTimeOffset? At)? FindBrokersDeath()
    {
        if (Deaths().FirstOrDefault() is not { Reason: { } reason and not "expired" } latest)
            return null;
        return LastFailure is { } failed && latest.At < failed.AddSeconds(-1) ? null : (reason, latest.At);
    }

    private IEnumerable<(string? Reason, DateTimeOffset? At)> Deaths()
    {
        if (_headers.GetValueOrDefault("x-death") is not IList<object?> deaths)
            yield break;
        foreach (var death in deaths.OfType<IDictionary<string, object?>>())
        {
            yield return (
                AsText(death.TryGetValue("reason", out var reason) ? reason : null),
                death.TryGetValue("time", out var time) && time is AmqpTimestamp stamp ? DateTimeOffset.FromUnixTimeSeconds(stamp.UnixTime) : null);
        }
    }

    private DateTimeOffset? Moment(string header) => ParseMoment(Text(header));

    private static DateTimeOffset? ParseMoment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private string? Text(string header) => AsText(_headers.TryGetValue(header, out var value) ? value : null);

    private static string? AsText(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        _ => null,
    };

    private static object? Readable(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        AmqpTimestamp stamp => DateTimeOffset.FromUnixTimeSeconds(stamp.UnixTime),
        IDictionary<string, object?> table => table.ToDictionary(entry => entry.Key, entry => Readable(entry.Value)),
        IList<object?> list => list.Select(Readable).ToList(),
        null or string or bool or int or long or double or decimal => value,
        _ => value.ToString(),
    };

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")]
    private static partial Regex Uuid();
}
