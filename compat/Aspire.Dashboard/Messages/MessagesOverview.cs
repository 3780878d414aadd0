using System.Text.Json;

namespace Aspire.Dashboard.Messages;

/// <summary>Asks everybody at once how many messages wait where; who does not answer in time is said not to.</summary>
internal sealed class MessagesOverview(OperatorClient services, Broker broker)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(20); // For a service that goes through its dead letters.

    public async Task<(Answer<IReadOnlyList<QueueFamily>> Queues, IReadOnlyList<ServiceMessages> Services)> ReadAsync(CancellationToken cancellationToken)
    {
        var queues = broker.IsConfigured ? AskAsync(broker.ListAsync, Patience, cancellationToken) : Task.FromResult(new Answer<IReadOnlyList<QueueFamily>>([], null));
        var asked = services.Services.Select(service => ReadAsync(service, cancellationToken)).ToArray();
        return (await queues, await Task.WhenAll(asked));
    }

    /// <summary>What was answered, or why nothing was.</summary>
    public static Task<Answer<T>> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        AskAsync(ask, LongPatience, cancellationToken);

    private static async Task<Answer<T>> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(patience);
        try
        {
            return new Answer<T>(await ask(bound.Token), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            return new Answer<T>(default, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer<T>(default, $"No answer within {patience.TotalSeconds} s.");
        }
    }

    private async Task<ServiceMessages> ReadAsync(string service, CancellationToken cancellationToken)
    {
        var pending = AskAsync(token => services.ListOutboxAsync(service, "pending", 1, token), Patience, cancellationToken);
        var parked = AskAsync(token => services.ListOutboxAsync(service, "parked", 1, token), Patience, cancellationToken);
        var queue = AskAsync(token => services.FindQueueAsync(service, token), Patience, cancellationToken);
        var (pendingNow, parkedNow, queueNow) = (await pending, await parked, await queue);
        return new ServiceMessages(
            service, pendingNow.Value?.Total, pendingNow.Value?.Items is [var oldest, ..] ? oldest.AddedAt : null, parkedNow.Value?.Total, queueNow.Value,
            pendingNow.Error ?? parkedNow.Error);
    }
}

/// <summary>A value, or why there is none.</summary>
internal sealed record Answer<T>(T? Value, string? Error);

/// <param name="Service">The service.</param>
/// <param name="Pending">Messages that are still to be published.</param>
/// <param name="Oldest">Since when the first of them waits.</param>
/// <param name="Parked">Messages that were given up.</param>
/// <param name="Queue">The queue it consumes, when it has one and has said so.</param>
/// <param name="Error">Why the numbers are not known.</param>
internal sealed record ServiceMessages(string Service, long? Pending, DateTimeOffset? Oldest, long? Parked, string? Queue, string? Error);
