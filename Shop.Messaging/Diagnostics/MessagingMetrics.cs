using System.Diagnostics.Metrics;
using Shop.Messaging.Outbox;

namespace Shop.Messaging.Diagnostics;

/// <summary>The engine's instruments, on the meter <c>Shop.Messaging</c>.</summary>
internal sealed class MessagingMetrics : IDisposable
{
    /// <summary>Where seconds are told apart; by default it would be where milliseconds are.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private readonly Meter _meter;
    private readonly Counter<long> _published;
    private readonly Counter<long> _publishFailures;
    private readonly Histogram<double> _publishDelay;
    private readonly Histogram<double> _handleDuration;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _parked;
    private OutboxLag _lag = new(0, TimeSpan.Zero, 0);

    public MessagingMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Shop.Messaging");
        _published = _meter.CreateCounter<long>("shop.outbox.published", "{message}", "Messages the broker confirmed");
        _publishFailures = _meter.CreateCounter<long>("shop.outbox.failures", "{message}", "Messages the broker refused or did not confirm");
        _publishDelay = _meter.CreateHistogram<double>("shop.outbox.delay", "s", "From the outbox row to the broker's confirm", tags: null, Seconds);
        _handleDuration = _meter.CreateHistogram<double>("shop.inbox.duration", "s", "Handling one message, to its commit", tags: null, Seconds);
        _duplicates = _meter.CreateCounter<long>("shop.inbox.duplicates", "{message}", "Messages that had been handled before");
        _retries = _meter.CreateCounter<long>("shop.inbox.retries", "{message}", "Failed deliveries to be tried again");
        _parked = _meter.CreateCounter<long>("shop.inbox.parked", "{message}", "Messages put into the dead-letter queue");
        _meter.CreateObservableGauge("shop.outbox.pending", () => _lag.Pending, "{message}", "Rows to be published");
        _meter.CreateObservableGauge("shop.outbox.oldest_age", () => _lag.OldestAge.TotalSeconds, "s", "Age of the oldest row to be published");
        _meter.CreateObservableGauge("shop.outbox.parked", () => _lag.Parked, "{message}", "Rows given up");
        _meter.CreateObservableGauge<long>("shop.inbox.dead_letters", () => DeadLetters is { } count ? [new(count)] : [], "{message}", "Messages in the dead-letter queue");
    }

    /// <summary>The messages in the dead-letter queue; null while that is not known.</summary>
    public long? DeadLetters { get; set; }

    public void Published(int count) => _published.Add(count);

    public void PublishFailed(string type, bool parked) => _publishFailures.Add(1, new("type", type), new("parked", parked));

    public void PublishDelay(TimeSpan delay, string type) => _publishDelay.Record(delay.TotalSeconds, new KeyValuePair<string, object?>("type", type));

    public void Handled(TimeSpan duration, string? type) => _handleDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("type", type));

    public void Duplicates(int count) => _duplicates.Add(count);

    public void Retried(string? type) => _retries.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Parked(string? type) => _parked.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Measured(OutboxLag lag) => _lag = lag;

    public void Dispose() => _meter.Dispose();
}
