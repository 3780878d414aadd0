using System.Diagnostics;
using System.Text;
using Npgsql;
using RabbitMQ.Client;
using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;
using Shop.Rig.Probe;

namespace Shop.Rig.Bench.Engine;

/// <summary>Messages per second of one part of a run, and the working set of the process at its end.</summary>
/// <param name="PerSecond">Messages a second.</param>
/// <param name="WorkingSetMegabytes">Of the probe's process, which is the bench's own.</param>
internal sealed record EngineSlice(double PerSecond, double WorkingSetMegabytes);

/// <summary>How fast one half of the engine was.</summary>
/// <param name="Messages">How many it had to do.</param>
/// <param name="Elapsed">How long they took.</param>
/// <param name="Slices">The same in equal parts: flat when the size of the backlog does not matter.</param>
internal sealed record EngineResult(int Messages, TimeSpan Elapsed, IReadOnlyList<EngineSlice> Slices)
{
    /// <summary>Messages a second over the whole run.</summary>
    public double PerSecond => Messages / Elapsed.TotalSeconds;
}

/// <summary>Measures Shop.Messaging alone: the relay from outbox rows to confirms, the consumer from a full queue to commits.</summary>
internal sealed class EngineBench(EngineServers servers)
{
    private const int Slices = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>A backlog of outbox rows, each of a key of its own, until the broker has confirmed all of them.</summary>
    /// <param name="messages">Rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">They are not published after five minutes.</exception>
    public async Task<EngineResult> RelayAsync(int messages, CancellationToken cancellationToken)
    {
        var place = await servers.CreatePlaceAsync("relay", cancellationToken);
        using var meter = new EngineMeter();
        await using var probe = await ProbeService.StartAsync(place, consume: false, cancellationToken: cancellationToken);
        await WarmUpAsync(probe, meter, cancellationToken);
        await ExecuteAsync(place.Database, $$"""
            INSERT INTO outbox (id, type, key, lane, payload, trace_parent)
            SELECT gen_random_uuid(), '{{PaymentPending.Type}}', gen_random_uuid(), n % 16,
                   convert_to('{"order_id":"' || gen_random_uuid() || '","payment_id":"' || gen_random_uuid() || '","redirect_url":"https://bank.example/pay/' || repeat('x', 150) || '"}', 'UTF8'),
                   '00-' || md5(n::text) || '-0123456789abcdef-01'
            FROM generate_series(1, {{messages}}) n
            """, cancellationToken);
        return await MeasureAsync(probe, () => meter.Published, messages, cancellationToken);
    }

    /// <summary>A full queue, until all of it is handled and committed.</summary>
    /// <param name="messages">Messages, each of a key of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">They are not handled after five minutes.</exception>
    public async Task<EngineResult> ConsumeAsync(int messages, CancellationToken cancellationToken)
    {
        var place = await servers.CreatePlaceAsync("inbox", cancellationToken);
        using var meter = new EngineMeter();
        await using (var probe = await ProbeService.StartAsync(place, consume: false, cancellationToken: cancellationToken))
            await WarmUpAsync(probe, meter, cancellationToken);
        await FillQueueAsync(messages, cancellationToken);

        await using var consuming = await ProbeService.StartAsync(place, cancellationToken: cancellationToken);
        return await MeasureAsync(consuming, () => meter.Handled, messages, cancellationToken);
    }

    private static async Task WarmUpAsync(ProbeService probe, EngineMeter meter, CancellationToken cancellationToken)
    {
        await probe.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "the engine is warm"));
        await UntilAsync(() => meter.Published, 1, cancellationToken);
    }

    private async Task FillQueueAsync(int messages, CancellationToken cancellationToken)
    {
        await using var connection = await servers.ConnectAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
        await channel.QueuePurgeAsync(ShopTopology.CatalogQueue, cancellationToken);
        foreach (var chunk in Enumerable.Range(0, messages).Chunk(100))
            await Task.WhenAll(chunk.Select(_ => PublishAsync().AsTask()));

        ValueTask PublishAsync()
        {
            var order = Guid.CreateVersion7();
            var body = Encoding.UTF8.GetBytes($$"""{"order_id":"{{order}}","reason":"insufficient_funds"}""");
            var properties = new BasicProperties
            {
                MessageId = Guid.CreateVersion7().ToString(),
                Type = PaymentFailed.Type,
                CorrelationId = order.ToString(),
                ContentType = "application/json",
                DeliveryMode = DeliveryModes.Persistent,
                Headers = new Dictionary<string, object?> { ["traceparent"] = $"00-{order:N}-0123456789abcdef-01" },
            };
            return channel.BasicPublishAsync("", ShopTopology.CatalogQueue, mandatory: true, properties, body, cancellationToken);
        }
    }

    private static async Task<EngineResult> MeasureAsync(ProbeService probe, Func<long> done, int messages, CancellationToken cancellationToken)
    {
        var before = done();
        var slices = new List<EngineSlice>(Slices);
        var started = Stopwatch.GetTimestamp();
        // The rows are there since a statement of the bench: an event of the service's own wakes the relay.
        await probe.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "wakes the relay"));
        for (var slice = 1; slice <= Slices; slice++)
        {
            var from = (Count: done(), Time: Stopwatch.GetTimestamp());
            await UntilAsync(done, before + ((long)messages * slice / Slices), cancellationToken);
            slices.Add(new EngineSlice((done() - from.Count) / Stopwatch.GetElapsedTime(from.Time).TotalSeconds, Environment.WorkingSet / 1e6));
        }

        return new EngineResult(messages, Stopwatch.GetElapsedTime(started), slices);
    }

    private static async Task UntilAsync(Func<long> done, long count, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Limit);
        while (done() < count)
        {
            try
            {
                await Task.Delay(5, timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{done()} of {count} messages were done in {Limit.TotalMinutes} minutes.");
            }
        }
    }

    private static async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
