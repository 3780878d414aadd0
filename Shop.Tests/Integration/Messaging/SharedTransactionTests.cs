using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using RabbitMQ.Client;
using Shop.Messaging.Contracts;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Topology;
using Shop.Rig.Probe;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Messaging;

/// <summary>Messages that wait together are handled in one transaction, and yet each as if it were alone.</summary>
public sealed class SharedTransactionTests(MessagingServers servers) : IClassFixture<MessagingServers>
{
    private const int Messages = 60;

    [Fact]
    public async Task Waiting_messages_share_transactions()
    {
        var place = await FillAsync(Enumerable.Range(0, Messages).Select(number => new OrderCancelled(Guid.CreateVersion7(), $"{number}")));
        await using var service = await ProbeService.StartAsync(place);
        await UntilHandledAsync(service, Messages);

        Assert.InRange(await service.ScalarAsync<int>($"""SELECT count(DISTINCT xmin::text)::int AS "Value" FROM handled"""), 1, Messages / 3);
        Assert.Equal(Messages, await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM inbox"""));
    }

    [Fact]
    public async Task One_that_fails_is_retried_and_parked_alone()
    {
        var place = await FillAsync(Enumerable.Range(0, Messages).Select(number => new OrderCancelled(Guid.CreateVersion7(), number == 7 ? "bad" : $"{number}")));
        await using var service = await ProbeService.StartAsync(place, configure: faults => faults.OnHandling = note =>
        {
            if (note == "bad")
                throw new InvalidOperationException("This one always fails.");
        });

        await UntilHandledAsync(service, Messages - 1);
        var dead = await TakeDeadLetterAsync(place);

        Assert.Equal(4, dead.BasicProperties.Headers!["x-shop-attempts"]);
        var notes = (await service.HandledAsync()).Select(row => row.Note).ToList();
        Assert.Equal(Messages - 1, notes.Distinct().Count());
        Assert.Equal(Messages - 1, notes.Count);
        Assert.DoesNotContain("bad", notes);
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_parked_at_once_and_its_neighbours_pass()
    {
        var place = await FillAsync(Enumerable.Range(0, Messages).Select(number => new OrderCancelled(Guid.CreateVersion7(), $"{number}")));
        await SendAsync(place, Enumerable.Range(0, 5).Select(_ => (Guid.CreateVersion7(), "{ not json")));
        await using var service = await ProbeService.StartAsync(place);

        await UntilHandledAsync(service, Messages);
        for (var poison = 0; poison < 5; poison++)
            Assert.Equal(1, (await TakeDeadLetterAsync(place)).BasicProperties.Headers!["x-shop-attempts"]);

        Assert.Equal(Messages, (await service.HandledAsync()).Count);
    }

    [Fact]
    public async Task Copies_in_one_transaction_are_handled_once()
    {
        var place = await FillAsync([]);
        var copies = Enumerable.Range(0, 10).Select(number => (Id: Guid.CreateVersion7(), Body: $$"""{"order_id":"{{Guid.CreateVersion7()}}","reason":"{{number}}"}""")).ToList();
        await SendAsync(place, copies.Concat(copies).Concat(copies));
        await using var service = await ProbeService.StartAsync(place);

        await UntilHandledAsync(service, copies.Count);
        await UntilEmptyAsync(place);

        Assert.Equal(copies.Count, (await service.HandledAsync()).Count);
    }

    [Fact]
    public async Task A_copy_that_another_replica_holds_is_waited_for_and_the_others_are_not_rolled_back_for_good()
    {
        var place = await FillAsync([]);
        var held = Guid.CreateVersion7();
        var order = Guid.CreateVersion7();
        await SendAsync(place, [(held, $$"""{"order_id":"{{order}}","reason":"held"}""")]);
        await SendAsync(place, Enumerable.Range(0, Messages).Select(number => (Guid.CreateVersion7(), $$"""{"order_id":"{{Guid.CreateVersion7()}}","reason":"{{number}}"}""")));
        await using var connection = new NpgsqlConnection(place.Database);
        await connection.OpenAsync();
        await using var replica = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("INSERT INTO inbox (message_id, consumer, type) VALUES ($1, $2, 'order.cancelled')", connection))
        {
            command.Parameters.Add(new() { Value = held });
            command.Parameters.Add(new() { Value = ShopTopology.CatalogQueue });
            await command.ExecuteNonQueryAsync();
        }

        await using var service = await ProbeService.StartAsync(place);
        await Eventually.HoldsAsync(async () => (await service.HandledAsync()).Count > 0, "other lanes pass");
        await replica.RollbackAsync();

        await UntilHandledAsync(service, Messages + 1);
        Assert.Equal(Messages + 1, (await service.HandledAsync()).Select(row => row.Note).Distinct().Count());
    }

    [Fact]
    public async Task A_handler_that_swallows_the_error_of_a_statement_is_no_success()
    {
        var place = await FillAsync([new OrderCancelled(Guid.CreateVersion7(), "swallowed")]);
        await using var service = await ProbeService.StartAsync(place, configure: faults => faults.OnHandlingWith = async (db, _) =>
        {
            db.ChangeTracker.Clear();
            await Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlAsync($"SELECT 1 / 0"));
        });

        var dead = await TakeDeadLetterAsync(place);

        Assert.Contains("25P02", Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers!["x-shop-error"]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_finds_what_the_one_before_it_changed()
    {
        var place = await FillAsync(Enumerable.Range(0, Messages).Select(number => new OrderCancelled(Guid.CreateVersion7(), $"{number}")));
        List<(int InDatabase, int InContext)> seen = [];
        await using var service = await ProbeService.StartAsync(place, configure: faults => faults.OnHandlingWith = async (db, _) =>
        {
            var rows = await db.Database.SqlQuery<int>($"""SELECT count(*)::int AS "Value" FROM handled WHERE xmin::text = pg_current_xact_id()::text""").SingleAsync();
            lock (seen)
                seen.Add((rows, db.ChangeTracker.Entries().Count()));
        });
        await UntilHandledAsync(service, Messages);

        Assert.Contains(seen, look => look.InDatabase > 0);
        Assert.All(seen, look => Assert.Equal(1, look.InContext));
    }

    [Fact]
    public async Task Events_of_one_key_are_handled_in_their_order()
    {
        var keys = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToList();
        var place = await FillAsync(Enumerable.Range(0, 20).SelectMany(number => keys.Select(key => new OrderCancelled(key, $"{number}"))));
        await using var service = await ProbeService.StartAsync(place);
        await UntilHandledAsync(service, 100);

        foreach (var events in (await service.HandledAsync()).GroupBy(row => row.OrderId))
            Assert.Equal(Enumerable.Range(0, 20).Select(number => $"{number}"), events.Select(row => row.Note));
    }

    [Fact]
    public async Task Each_message_is_handled_in_a_trace_of_its_own()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Shop.Messaging" or nameof(SharedTransactionTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(SharedTransactionTests));
        var place = await servers.CreatePlaceAsync();
        var traces = new Dictionary<string, string>();
        await using (var publishing = await ProbeService.StartAsync(place, consume: false))
        {
            for (var number = 0; number < 20; number++)
            {
                using var request = source.StartActivity("POST /orders", ActivityKind.Server, parentContext: default)!;
                traces.Add($"{number}", request.TraceId.ToHexString());
                await publishing.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), $"{number}"));
            }

            await UntilPublishedAsync(publishing);
        }

        await using var service = await ProbeService.StartAsync(place);
        await UntilHandledAsync(service, traces.Count);

        Assert.All(await service.HandledAsync(), row => Assert.Equal(traces[row.Note], row.TraceId));
    }

    [Fact]
    public async Task A_message_passes_every_fault_point()
    {
        var reached = new Dictionary<string, List<FaultPoint>>();
        using var listeners = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == FaultPoints.ListenerName)
            {
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(point =>
                {
                    lock (reached)
                    {
                        if (!reached.TryGetValue(point.Key, out var points))
                            reached[point.Key] = points = [];
                        points.Add((FaultPoint)point.Value!);
                    }
                }));
            }
        }));
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync(), configure: faults => faults.OnHandling = note =>
        {
            if (note == "bad")
                throw new InvalidOperationException("This one always fails.");
        });
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "good"), new OrderCancelled(Guid.CreateVersion7(), "bad"));
        await UntilHandledAsync(service, 1);
        var good = (await service.ScalarAsync<Guid>($"""SELECT message_id AS "Value" FROM inbox""")).ToString();
        var bad = (await service.ScalarAsync<Guid>($"""SELECT id AS "Value" FROM outbox WHERE id <> (SELECT message_id FROM inbox)""")).ToString();

        foreach (var name in new[]
        {
            FaultPoints.OutboxBeforePublish, FaultPoints.OutboxAfterPublish, FaultPoints.OutboxAfterConfirm, FaultPoints.OutboxAfterComplete,
            FaultPoints.InboxBeforeCommit, FaultPoints.InboxAfterCommit, FaultPoints.InboxBeforeAck, FaultPoints.InboxAfterAck,
        })
        {
            await ReachedAsync(name, good);
        }

        await ReachedAsync(FaultPoints.FailedAfterConfirm, bad);

        Task ReachedAsync(string name, string id) => Eventually.HoldsAsync(() =>
        {
            lock (reached)
                return reached.TryGetValue(name, out var points) && points.Any(point => point.MessageIds.Contains(id));
        }, $"{name} is reached");
    }

    private async Task<ProbePlace> FillAsync(IEnumerable<OrderCancelled> events)
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place, consume: false);
        await service.PublishAsync([.. events, new OrderCancelled(Guid.CreateVersion7(), "the topology is declared")]);
        await UntilPublishedAsync(service);
        // The last one is not wanted: it is taken out by moving all others behind it.
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        List<BasicGetResult> kept = [];
        while (await channel.BasicGetAsync(ShopTopology.CatalogQueue, autoAck: true) is { } message)
            kept.Add(message);
        foreach (var message in kept.Where(message => !Encoding.UTF8.GetString(message.Body.Span).Contains("the topology is declared", StringComparison.Ordinal)))
            await channel.BasicPublishAsync("", ShopTopology.CatalogQueue, mandatory: true, new BasicProperties(message.BasicProperties), message.Body);
        return place;
    }

    private static async Task SendAsync(ProbePlace place, IEnumerable<(Guid Id, string Body)> messages)
    {
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        foreach (var (id, body) in messages)
        {
            var properties = new BasicProperties { Type = OrderCancelled.Type, MessageId = id.ToString(), CorrelationId = id.ToString(), DeliveryMode = DeliveryModes.Persistent };
            await channel.BasicPublishAsync("", ShopTopology.CatalogQueue, mandatory: true, properties, Encoding.UTF8.GetBytes(body));
        }
    }

    private static async Task<BasicGetResult> TakeDeadLetterAsync(ProbePlace place)
    {
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync();
        return await Eventually.GetAsync(
            async () => await channel.BasicGetAsync(ShopTopology.DeadLetterQueue(ShopTopology.CatalogQueue), autoAck: true), "a dead letter is there");
    }

    private static async Task UntilEmptyAsync(ProbePlace place)
    {
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync();
        await Eventually.HoldsAsync(async () => await channel.MessageCountAsync(ShopTopology.CatalogQueue) == 0, "the queue is empty");
    }

    private static Task UntilPublishedAsync(ProbeService service) => Eventually.HoldsAsync(
        async () => await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM outbox WHERE published_at IS NULL""") == 0, "the outbox is empty");

    private static Task UntilHandledAsync(ProbeService service, int count) =>
        Eventually.HoldsAsync(async () => (await service.HandledAsync()).Count >= count, $"{count} events are handled", TimeSpan.FromSeconds(30));

    private sealed class Observer<T>(Action<T> onNext) : IObserver<T>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(T value) => onNext(value);
    }
}
