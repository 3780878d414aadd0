using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Outbox;
using Shop.Messaging.Topology;

namespace Shop.Messaging.Inbox;

/// <summary>Sends a failed message on: to a queue where it waits for its next try, or, when it has none left, to the dead letters.</summary>
internal sealed partial class FailedDeliveries(
    string queue, Broker broker, MessagingOptions options, MessagingMetrics metrics, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How often the message has failed.</summary>
    public const string AttemptsHeader = "x-shop-attempts";

    /// <summary>What went wrong the last time.</summary>
    public const string ErrorHeader = "x-shop-error";

    /// <summary>The exception's type.</summary>
    public const string ErrorTypeHeader = "x-shop-error-type";

    /// <summary>When it failed first, UTC.</summary>
    public const string FirstFailureHeader = "x-shop-first-failure";

    /// <summary>When it failed last, UTC.</summary>
    public const string LastFailureHeader = "x-shop-last-failure";

    private const int MaxErrorLength = 4_000;
    private readonly IReadOnlyList<int> _retryDelays = options.RetryDelays;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private Publisher? _publisher;

    /// <summary>Publishes the message to where it goes next and waits for the confirm; only then may the original be acknowledged.</summary>
    public async Task SendOnAsync(Delivery delivery, Exception error, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, object?>(delivery.Properties.Headers ?? new Dictionary<string, object?>());
        var attempts = FailuresOf(headers) + 1;
        var now = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        headers.Remove("x-delivery-count");
        headers.Remove("CC"); // Would send copies to other queues as well.
        headers[AttemptsHeader] = attempts;
        headers[ErrorHeader] = Encoding.UTF8.GetBytes(Shorten(error.ToString()));
        headers[ErrorTypeHeader] = error.GetType().FullName;
        headers.TryAdd(FirstFailureHeader, now);
        headers[LastFailureHeader] = now;

        var park = error is PoisonMessageException || attempts > _retryDelays.Count;
        var target = park ? ShopTopology.DeadLetterQueue(queue) : Broker.RetryQueue(queue, _retryDelays[attempts - 1]);
        var properties = new BasicProperties(delivery.Properties) { Headers = headers, DeliveryMode = DeliveryModes.Persistent };
        properties.ClearExpiration(); // A dead letter must not expire.
        properties.ClearUserId(); // The broker refuses another user's message from us.
        var publisher = await GetPublisherAsync(cancellationToken);
        await publisher.PublishToQueueAsync(target, properties, delivery.Body, cancellationToken);
        FaultPoints.Reach(FaultPoints.FailedAfterConfirm, properties.MessageId, delivery.Type, target);

        if (park)
            metrics.Parked(delivery.Type);
        else
            metrics.Retried(delivery.Type);
        SentOn(logger, delivery.Type, delivery.Properties.MessageId, attempts, target, error);
    }

    /// <remarks>Opened for the first failure: consuming what does not fail needs no connection that publishes.</remarks>
    private async Task<Publisher> GetPublisherAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_publisher is { IsOpen: true } open)
                return open;
            await CloseAsync();
            return _publisher = await Publisher.OpenAsync(broker, TimeSpan.FromSeconds(options.ConfirmSeconds), cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_publisher is not { } publisher)
            return;
        _publisher = null;
        await publisher.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _opening.Dispose();
    }

    /// <remarks>Anybody who may publish can write this header; what is no count of ours counts as the nearest that is.</remarks>
    private int FailuresOf(Dictionary<string, object?> headers) => headers.GetValueOrDefault(AttemptsHeader) switch
    {
        int count => Math.Clamp(count, 0, _retryDelays.Count),
        long count => (int)Math.Clamp(count, 0, _retryDelays.Count),
        _ => 0,
    };

    private static string Shorten(string text) => text.Length <= MaxErrorLength ? text : text[..MaxErrorLength];

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Type} {Id} failed (attempt {Attempt}) and goes to {Target}")]
    private static partial void SentOn(ILogger logger, string? type, string? id, int attempt, string target, Exception error);
}
