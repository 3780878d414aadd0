using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Outbox;
using Shop.Messaging.Topology;
using Shop.Rig.Probe;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Messaging;

/// <summary>The promises of Shop.Messaging, against the real broker and database.</summary>
public sealed class MessagingTests(MessagingServers servers) : IClassFixture<MessagingServers>
{
    private static readonly string DeadLetters = ShopTopology.DeadLetterQueue(ShopTopology.CatalogQueue);

    [Fact]
    public async Task A_committed_event_is_handled_once_and_a_rolled_back_one_never()
    {
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync());
        await using (var scope = service.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ProbeContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            scope.ServiceProvider.GetRequiredService<IOutbox>().Add(new OrderCancelled(Guid.CreateVersion7(), "rolled back"));
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        }

        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "committed"));
        await UntilHandledAsync(service, 1);

        Assert.Equal("committed", Assert.Single(await service.HandledAsync()).Note);
        await Eventually.HoldsAsync(async () => await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM outbox WHERE published_at IS NULL""") == 0,
            "the outbox is empty");
    }

    [Fact]
    public async Task A_message_delivered_many_times_is_handled_once()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        var repeated = new OrderCancelled(Guid.CreateVersion7(), "repeated");
        var id = Guid.CreateVersion7();
        for (var copy = 0; copy < 20; copy++)
            await SendAsync(place, OrderCancelled.Type, JsonSerializer.SerializeToUtf8Bytes(repeated, EventJson.Options), id, repeated.Key);
        var last = new OrderCancelled(repeated.OrderId, "after the copies");
        await SendAsync(place, OrderCancelled.Type, JsonSerializer.SerializeToUtf8Bytes(last, EventJson.Options), Guid.CreateVersion7(), last.Key);

        // The same key, so the last message is handled after all the copies.
        await Eventually.HoldsAsync(async () => (await service.HandledAsync()).Any(row => row.Note == last.Reason), "the last message is handled");
        Assert.Equal([repeated.Reason, last.Reason], (await service.HandledAsync()).Select(row => row.Note));
    }

    [Fact]
    public async Task A_failing_message_is_tried_four_times_and_then_parked_with_its_error_while_neighbours_pass()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        var tries = 0;
        service.Faults.OnHandling = note =>
        {
            if (note == "bad")
            {
                Interlocked.Increment(ref tries);
                throw new InvalidOperationException("This one always fails.");
            }
        };

        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "bad"), new OrderCancelled(Guid.CreateVersion7(), "good"));
        var dead = await TakeAsync(place, DeadLetters);

        Assert.InRange(tries, 4, 5); // Once more when it shared a transaction with the good one.
        Assert.Equal("good", Assert.Single(await service.HandledAsync()).Note);
        Assert.Contains("This one always fails.", Text(dead, "x-shop-error"), StringComparison.Ordinal);
        Assert.Equal(4, dead.BasicProperties.Headers!["x-shop-attempts"]);
        Assert.Equal(OrderCancelled.Type, dead.BasicProperties.Type);
        Assert.Contains("\"reason\":\"bad\"", Encoding.UTF8.GetString(dead.Body.Span), StringComparison.Ordinal);
        Assert.Equal(0, await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM inbox WHERE message_id = {Guid.Parse(dead.BasicProperties.MessageId!)}"""));
    }

    [Theory]
    [InlineData("order.cancelled", "{ not json", true)]
    [InlineData("order.cancelled", """{"order_id":"no uuid","reason":"x"}""", true)]
    [InlineData("order.cancelled", """{"reason":"the id is missing"}""", true)]
    [InlineData("order.unheard_of", "{}", true)]
    [InlineData("order.cancelled", """{"order_id":"0198a3b2-0000-7000-8000-000000000000","reason":"no message id"}""", false)]
    public async Task A_message_that_can_never_succeed_is_parked_at_once(string type, string body, bool withId)
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        await SendToQueueAsync(place, ShopTopology.CatalogQueue, type, Encoding.UTF8.GetBytes(body), withId ? Guid.CreateVersion7().ToString() : null);

        var dead = await TakeAsync(place, DeadLetters);

        Assert.Equal(1, dead.BasicProperties.Headers!["x-shop-attempts"]);
        Assert.Equal(body, Encoding.UTF8.GetString(dead.Body.Span));
        Assert.Empty(await service.HandledAsync());
    }

    [Fact]
    public async Task Events_of_one_key_keep_their_order_through_two_relays_and_two_consumers()
    {
        const int Keys = 20, PerKey = 25;
        var place = await servers.CreatePlaceAsync();
        await using var first = await ProbeService.StartAsync(place);
        await using var second = await ProbeService.StartAsync(place, consume: false);
        var keys = Enumerable.Range(0, Keys).Select(_ => Guid.CreateVersion7()).ToArray();
        for (var number = 0; number < PerKey; number++)
        {
            var service = number % 2 == 0 ? first : second;
            await service.PublishAsync([.. keys.Select(key => new OrderCancelled(key, $"{number}"))]);
        }

        await UntilHandledAsync(first, Keys * PerKey);

        foreach (var events in (await first.HandledAsync()).GroupBy(row => row.OrderId))
            Assert.Equal(Enumerable.Range(0, PerKey).Select(number => $"{number}"), events.Select(row => row.Note));
    }

    [Fact]
    public async Task An_event_that_reaches_no_queue_stays_in_the_outbox_until_the_bindings_are_declared_again()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync();
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "the topology is declared"));
        await UntilHandledAsync(service, 1);
        foreach (var queue in new[] { ShopTopology.CatalogQueue, ShopTopology.PaymentQueue })
            await channel.QueueUnbindAsync(queue, ShopTopology.Exchange, OrderCancelled.Type);

        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "nowhere to go"));
        await UntilHandledAsync(service, 2);

        Assert.Equal("nowhere to go", (await service.HandledAsync())[1].Note);
        Assert.True(await service.ScalarAsync<int>($"""SELECT max(attempts) AS "Value" FROM outbox""") > 1, "It was returned first.");
    }

    [Fact]
    public async Task A_queue_that_was_deleted_is_declared_and_consumed_again()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync();
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "before"));
        await UntilHandledAsync(service, 1);

        await channel.QueueDeleteAsync(ShopTopology.CatalogQueue, ifUnused: false, ifEmpty: false);
        await channel.QueueDeleteAsync(ShopTopology.PaymentQueue, ifUnused: false, ifEmpty: false);
        // The consumer comes last: the bindings are there by then.
        await Eventually.HoldsAsync(() => ExistsAsync(connection, ShopTopology.CatalogQueue, consumers: 1), "the queue is back and consumed");
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "after"));

        await UntilHandledAsync(service, 2);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData(-5)]
    public async Task A_failing_message_with_a_false_count_and_an_expiry_is_parked_for_good(object attempts)
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        service.Faults.OnHandling = _ => throw new InvalidOperationException("This one always fails.");
        var message = new OrderCancelled(Guid.CreateVersion7(), "tampered with");
        await SendAsync(place, "", ShopTopology.CatalogQueue, JsonSerializer.SerializeToUtf8Bytes(message, EventJson.Options), new BasicProperties
        {
            Type = OrderCancelled.Type,
            MessageId = Guid.CreateVersion7().ToString(),
            Expiration = "600000",
            Headers = new Dictionary<string, object?> { ["x-shop-attempts"] = attempts },
        });

        var dead = await TakeAsync(place, DeadLetters);

        Assert.Equal(4, dead.BasicProperties.Headers!["x-shop-attempts"]);
        Assert.False(dead.BasicProperties.IsExpirationPresent());
    }

    [Fact]
    public async Task The_handler_runs_in_the_trace_of_the_request_that_added_the_event()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Shop.Messaging" or nameof(MessagingTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(MessagingTests));
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync());

        string trace;
        using (var request = source.StartActivity("POST /orders"))
        {
            trace = request!.TraceId.ToHexString();
            await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "traced"));
        }

        await UntilHandledAsync(service, 1);
        Assert.Equal(trace, Assert.Single(await service.HandledAsync()).TraceId);
    }

    [Fact]
    public async Task A_relay_that_slept_past_its_lease_cannot_mark_the_rows_of_another()
    {
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync(), relay: false);
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "claimed twice"));
        var store = service.Services.GetRequiredService<OutboxStore<ProbeContext>>();

        var slept = Assert.IsType<Claim>(await store.ClaimAsync(default));
        Assert.Null(await store.ClaimAsync(default)); // The lane is leased.
        await service.ExecuteAsync($"UPDATE outbox_lanes SET leased_until = now() - interval '1 second' WHERE token IS NOT NULL");
        var current = Assert.IsType<Claim>(await store.ClaimAsync(default));
        var sequence = Assert.Single(current.Messages).Sequence;

        Assert.False((await store.CompleteAsync(slept, [sequence], [], default)).LeaseHeld);
        Assert.Equal(1, await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM outbox WHERE published_at IS NULL"""));
        Assert.Equal(new Completion(LeaseHeld: true, NextDue: null), await store.CompleteAsync(current, [sequence], [], default));
        Assert.Equal(0, await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM outbox WHERE published_at IS NULL"""));
    }

    [Fact]
    public async Task A_backed_off_row_holds_back_its_key_and_nobody_else()
    {
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync(), relay: false);
        var key = Guid.CreateVersion7();
        await service.PublishAsync(new OrderCancelled(key, "first"), new OrderCancelled(key, "second"), new OrderCancelled(Guid.CreateVersion7(), "other"));
        var store = service.Services.GetRequiredService<OutboxStore<ProbeContext>>();

        var claim = Assert.IsType<Claim>(await store.ClaimAsync(default));
        Assert.Equal(3, claim.Messages.Count);
        var refused = new FailedPublish(claim.Messages[0].Sequence, "refused", TimeSpan.FromHours(1), Park: false);
        Assert.Equal(TimeSpan.Zero, (await store.CompleteAsync(claim, [], [refused], default)).NextDue);

        var next = Assert.IsType<Claim>(await store.ClaimAsync(default));
        Assert.Equal(claim.Messages[2].Sequence, Assert.Single(next.Messages).Sequence);
        var completion = await store.CompleteAsync(next, [claim.Messages[2].Sequence], [], default);

        // The second row is due, but nothing can be claimed until the first is: no reason to wake before.
        Assert.Null(await store.ClaimAsync(default));
        Assert.InRange(Assert.NotNull(completion.NextDue), TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.InRange(Assert.NotNull(await store.FindNextDueAsync(default)), TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_long_backlog_of_one_key_leaves_room_in_the_batch_for_another()
    {
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync(), relay: false);
        var busy = Guid.CreateVersion7();
        var other = Guid.CreateVersion7();
        while (OutboxLanes.Of(other.ToString()) == OutboxLanes.Of(busy.ToString()))
            other = Guid.CreateVersion7();
        await service.PublishAsync([.. Enumerable.Range(0, 600).Select(number => new OrderCancelled(busy, $"{number}"))]);
        await service.PublishAsync(new OrderCancelled(other, "a single one"));
        var store = service.Services.GetRequiredService<OutboxStore<ProbeContext>>();

        var claim = Assert.IsType<Claim>(await store.ClaimAsync(default));

        Assert.Equal(250, claim.Messages.Count(message => message.Key == busy.ToString()));
        Assert.Single(claim.Messages, message => message.Key == other.ToString());
        Assert.Equal(claim.Messages.OrderBy(message => message.Sequence), claim.Messages);
    }

    [Fact]
    public async Task A_relay_that_lost_one_of_its_lanes_marks_the_rows_of_the_others()
    {
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync(), relay: false);
        await service.PublishAsync([.. Enumerable.Range(0, 50).Select(number => new OrderCancelled(Guid.CreateVersion7(), $"{number}"))]);
        var store = service.Services.GetRequiredService<OutboxStore<ProbeContext>>();
        var claim = Assert.IsType<Claim>(await store.ClaimAsync(default));
        await service.ExecuteAsync($"UPDATE outbox_lanes SET token = gen_random_uuid() WHERE lane = 3");

        Assert.True((await store.CompleteAsync(claim, [.. claim.Messages.Select(message => message.Sequence)], [], default)).LeaseHeld);

        Assert.Equal(0, await service.ScalarAsync<int>(
            $"""SELECT count(*)::int AS "Value" FROM outbox WHERE (published_at IS NULL) <> (lane = 3)"""));
    }

    [Fact]
    public async Task A_row_that_fits_into_no_frame_is_backed_off_and_its_neighbours_pass()
    {
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync());
        var key = new string('k', 300);
        await service.ExecuteAsync($"INSERT INTO outbox (id, type, key, lane, payload) VALUES (gen_random_uuid(), 'order.cancelled', {key}, 0, {Array.Empty<byte>()})");

        await service.PublishAsync([.. Enumerable.Range(0, 20).Select(number => new OrderCancelled(Guid.CreateVersion7(), $"{number}"))]);
        await UntilHandledAsync(service, 20);

        await Eventually.HoldsAsync(async () => await service.ScalarAsync<int>(
            $"""SELECT count(*)::int AS "Value" FROM outbox WHERE key = {key} AND attempts > 0 AND last_error IS NOT NULL""") == 1, "the row is backed off");
    }

    [Fact]
    public async Task A_large_batch_of_different_keys_is_published_without_delay()
    {
        await using var service = await ProbeService.StartAsync(await servers.CreatePlaceAsync(), consume: false);
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "connected"));
        await UntilPublishedAsync(service);
        await service.PublishAsync([.. Enumerable.Range(0, 2_000).Select(number => new OrderCancelled(Guid.CreateVersion7(), $"{number}"))]);
        await UntilPublishedAsync(service);

        Assert.Equal(0, await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM outbox WHERE attempts > 1"""));
    }

    private static Task UntilPublishedAsync(ProbeService service) => Eventually.HoldsAsync(
        async () => await service.ScalarAsync<int>($"""SELECT count(*)::int AS "Value" FROM outbox WHERE published_at IS NULL""") == 0, "the outbox is empty");

    private static Task UntilHandledAsync(ProbeService service, int count) =>
        Eventually.HoldsAsync(async () => (await service.HandledAsync()).Count >= count, $"{count} events are handled", TimeSpan.FromSeconds(30));

    private static Task SendAsync(ProbePlace place, string type, byte[] body, Guid id, string key) =>
        SendAsync(place, ShopTopology.Exchange, type, type, body, id.ToString(), key);

    private static Task SendToQueueAsync(ProbePlace place, string queue, string type, byte[] body, string? id) =>
        SendAsync(place, "", queue, type, body, id, key: null);

    private static Task SendAsync(ProbePlace place, string exchange, string routingKey, string type, byte[] body, string? id, string? key)
    {
        var properties = new BasicProperties { Type = type, DeliveryMode = DeliveryModes.Persistent };
        if (id is not null)
            properties.MessageId = id;
        if (key is not null)
            properties.CorrelationId = key;
        return SendAsync(place, exchange, routingKey, body, properties);
    }

    private static async Task SendAsync(ProbePlace place, string exchange, string routingKey, byte[] body, BasicProperties properties)
    {
        await using var connection = await MessagingServers.ConnectAsync(place);
        await Eventually.HoldsAsync(() => ExistsAsync(connection, ShopTopology.CatalogQueue), "the topology is declared");
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body);
    }

    private static async Task<bool> ExistsAsync(IConnection connection, string queue, uint consumers = 0)
    {
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).ConsumerCount >= consumers;
        }
        catch (OperationInterruptedException)
        {
            return false;
        }
    }

    private static async Task<BasicGetResult> TakeAsync(ProbePlace place, string queue)
    {
        await using var connection = await MessagingServers.ConnectAsync(place);
        return await Eventually.GetAsync(async () =>
        {
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                return await channel.BasicGetAsync(queue, autoAck: true);
            }
            catch (OperationInterruptedException)
            {
                return null; // The service is still declaring the queue.
            }
        }, $"a message lies in {queue}");
    }

    private static string Text(BasicGetResult message, string header) => Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers![header]!);
}
