using System.ComponentModel.DataAnnotations;
using Shop.Messaging.Topology;

namespace Shop.Messaging;

/// <summary>The bounds of the messaging engine, from the configuration section <c>Messaging</c>.</summary>
public sealed class MessagingOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Messaging";

    internal const int MaxBatchSize = 10_000;
    private const int MaxRetries = 10;
    private const int LongestRetryDelay = 24 * 60 * 60 * 1_000;

    /// <summary>Outbox rows claimed at once, shared out among the lanes claimed.</summary>
    [Range(1, MaxBatchSize)]
    public int BatchSize { get; set; } = 500;

    /// <summary>How long a relay may hold its lanes, in seconds of the database's clock.</summary>
    [Range(1, 3_600)]
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>How long an idle relay sleeps when nothing wakes it, in seconds.</summary>
    [Range(1, 3_600)]
    public int IdlePollSeconds { get; set; } = 15;

    /// <summary>How long the broker may take to confirm one message, in seconds; less than <see cref="LeaseSeconds"/>.</summary>
    [Range(1, 300)]
    public int ConfirmSeconds { get; set; } = 10;

    /// <summary>Publish attempts of one outbox row before it is parked. A missing confirm is never the last.</summary>
    [Range(1, 1_000)]
    public int MaxPublishAttempts { get; set; } = 20;

    /// <summary>Messages the broker may send a consumer ahead of its acknowledgements.</summary>
    [Range(1, 10_000)]
    public ushort Prefetch { get; set; } = 256;

    /// <summary>Transactions in which one process handles messages at a time; it handles those of one key one after the other.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Messages that may share one transaction, if as many are waiting.</summary>
    [Range(1, 1_000)]
    public int InboxBatchSize { get; set; } = 32;

    /// <summary>What is different for one queue, by its name.</summary>
    public Dictionary<string, QueueOptions> Queues { get; } = [];

    /// <summary>The waits before the retries of a failed delivery, in milliseconds; their number is the number of retries.</summary>
    [MaxLength(MaxRetries)]
    public int[] RetryDelaysMilliseconds { get; set; } = [];

    /// <summary>The waits in use: <see cref="RetryDelaysMilliseconds"/>, or 1 s, 5 s and 25 s.</summary>
    internal IReadOnlyList<int> RetryDelays => RetryDelaysMilliseconds is { Length: > 0 } set ? set : [1_000, 5_000, 25_000];

    internal bool HasValidRetryDelays => RetryDelaysMilliseconds.All(delay => delay is >= 0 and <= LongestRetryDelay);

    /// <summary>How long published outbox rows stay for a look, in hours.</summary>
    [Range(0, 24 * 365)]
    public int OutboxRetentionHours { get; set; } = 24;

    /// <summary>How long the inbox remembers a message, in days: longer than any outage.</summary>
    [Range(1, 3_650)]
    public int InboxRetentionDays { get; set; } = 30;

    /// <summary>How old the oldest pending outbox row may be before the service reports itself degraded, in seconds.</summary>
    [Range(1, 86_400)]
    public int MaxPendingAgeSeconds { get; set; } = 60;

    /// <summary>Where RabbitMQ's management API answers; without it, nobody knows the rates of a queue.</summary>
    public Uri? ManagementUrl { get; set; }

    internal bool HasValidQueues => Queues.All(queue => ShopTopology.Bindings.ContainsKey(queue.Key)
        && Validator.TryValidateObject(queue.Value, new ValidationContext(queue.Value), validationResults: null, validateAllProperties: true));

    internal QueueSettings For(string queue)
    {
        var own = Queues.GetValueOrDefault(queue);
        return new QueueSettings(own?.Prefetch ?? Prefetch, own?.Concurrency ?? Concurrency, own?.InboxBatchSize ?? InboxBatchSize);
    }
}

/// <summary>What is different for one queue; what is not set is as in <see cref="MessagingOptions"/>.</summary>
public sealed class QueueOptions
{
    /// <inheritdoc cref="MessagingOptions.Prefetch"/>
    [Range(1, 10_000)]
    public ushort? Prefetch { get; set; }

    /// <inheritdoc cref="MessagingOptions.Concurrency"/>
    [Range(1, 64)]
    public int? Concurrency { get; set; }

    /// <inheritdoc cref="MessagingOptions.InboxBatchSize"/>
    [Range(1, 1_000)]
    public int? InboxBatchSize { get; set; }
}

/// <summary>How a queue is consumed.</summary>
internal sealed record QueueSettings(ushort Prefetch, int Concurrency, int BatchSize);
