using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Operations;
using Shop.Messaging.Topology;
using Shop.Rig.Probe;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Messaging;

/// <summary>Looking through a queue, which AMQP has no word for, and sending parts of it again.</summary>
public sealed class DeadLetterQueueTests(MessagingServers servers) : IClassFixture<MessagingServers>
{
    private static readonly string DeadLetters = ShopTopology.DeadLetterQueue(ShopTopology.CatalogQueue);

    [Fact]
    public async Task Looking_takes_nothing_away_and_says_what_it_did_not_see()
    {
        const int Behind = 5;
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        var sent = await FillAsync(place, DeadLetterQueue.MaxSeen + Behind);
        var letters = service.Services.GetRequiredService<DeadLetterQueue>();

        for (var look = 0; look < 2; look++)
        {
            foreach (var view in await Task.WhenAll(letters.BrowseAsync(default), letters.BrowseAsync(default)))
            {
                Assert.Equal(DeadLetterQueue.MaxSeen, view.Letters.Select(letter => letter.Id).Distinct().Count());
                Assert.Equal(Behind, view.Unseen);
            }
        }

        Assert.Equal(sent.Order(), await TakeAllAsync(place));
    }

    [Fact]
    public async Task A_replay_sends_what_was_chosen_once_and_leaves_the_rest()
    {
        const int Count = 40;
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        var sent = await FillAsync(place, Count);
        var chosen = sent.Where((_, index) => index % 2 == 0).ToHashSet();
        var letters = service.Services.GetRequiredService<DeadLetterQueue>();

        // Two operators want the same.
        var replays = await Task.WhenAll(
            letters.ReplayAsync(letter => chosen.Contains(letter.Id!.Value), "one", default),
            letters.ReplayAsync(letter => chosen.Contains(letter.Id!.Value), "other", default));
        Assert.Equal(chosen.Count, replays.Sum(replay => replay.Replayed));

        await Eventually.HoldsAsync(async () => (await service.HandledAsync()).Count == chosen.Count, "the chosen ones are handled");
        Assert.Equal(sent.Where(id => !chosen.Contains(id)).Order(), (await letters.BrowseAsync(default)).Letters.Select(letter => letter.Id!.Value));

        // Handled already: sent again with the same ids they change nothing.
        await FillAsync(place, [.. chosen]);
        Assert.Equal(chosen.Count, (await letters.ReplayAsync(letter => chosen.Contains(letter.Id!.Value), "again", default)).Replayed);
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "a new one"));
        await Eventually.HoldsAsync(async () => (await service.HandledAsync()).Any(row => row.Note == "a new one"), "a new one is handled");
        Assert.Equal(chosen.Count + 1, (await service.HandledAsync()).Count);
    }

    [Fact]
    public async Task What_the_broker_gave_up_says_so()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place, consume: false); // Declares the queues.
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using (var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)))
        {
            await Eventually.HoldsAsync(() => SendAsync(channel, ShopTopology.CatalogQueue, Guid.CreateVersion7()), "the queue is declared");
            for (var delivery = 0; delivery <= 60 && await channel.BasicGetAsync(ShopTopology.CatalogQueue, autoAck: false) is { } message; delivery++)
                await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true);
        }

        using var letters = new DeadLetterQueue(
            ShopTopology.CatalogQueue, service.Services.GetRequiredService<Broker>(), service.Services.GetRequiredService<IOptions<MessagingOptions>>(),
            TimeProvider.System, NullLogger<DeadLetterQueue>.Instance);
        var dead = await Eventually.GetAsync(
            async () => (await letters.BrowseAsync(default)).Letters.SingleOrDefault(), "the broker gave the message up");
        Assert.Equal("delivery_limit", dead.ErrorType);
        Assert.NotNull(dead.LastFailure);
        Assert.DoesNotContain("x-death", dead.PropertiesForReplay(DateTimeOffset.UtcNow).Headers!.Keys);
    }

    [Fact]
    public async Task The_metrics_count_them_without_anybody_looking()
    {
        var place = await servers.CreatePlaceAsync();
        await using (await ProbeService.StartAsync(place))
            await FillAsync(place, 3);

        await using var service = await ProbeService.StartAsync(place);
        await Eventually.HoldsAsync(() => service.Services.GetRequiredService<MessagingMetrics>().DeadLetters == 3, "the dead letters are counted");
    }

    private static Task<List<Guid>> FillAsync(ProbePlace place, int count) =>
        FillAsync(place, Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList());

    /// <summary>Puts messages into the dead letters that can be handled now.</summary>
    private static async Task<List<Guid>> FillAsync(ProbePlace place, List<Guid> ids)
    {
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await Eventually.HoldsAsync(() => SendAsync(channel, DeadLetters, ids[0]), "the queue is declared");
        foreach (var id in ids.Skip(1))
            Assert.True(await SendAsync(channel, DeadLetters, id));
        return ids;
    }

    private static async Task<List<Guid>> TakeAllAsync(ProbePlace place)
    {
        await using var connection = await MessagingServers.ConnectAsync(place);
        await using var channel = await connection.CreateChannelAsync();
        List<Guid> ids = [];
        while (await channel.BasicGetAsync(DeadLetters, autoAck: true) is { } message)
            ids.Add(Guid.Parse(message.BasicProperties.MessageId!));
        return [.. ids.Order()];
    }

    private static async Task<bool> SendAsync(IChannel channel, string queue, Guid id)
    {
        var properties = new BasicProperties
        {
            MessageId = id.ToString(),
            Type = OrderCancelled.Type,
            CorrelationId = id.ToString(),
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?> { ["x-shop-attempts"] = 4, ["x-shop-error-type"] = "Test" },
        };
        try
        {
            await channel.BasicPublishAsync("", queue, mandatory: true, properties, JsonSerializer.SerializeToUtf8Bytes(new OrderCancelled(id, "sent"), EventJson.Options));
            return true;
        }
        catch (RabbitMQ.Client.Exceptions.PublishException)
        {
            return false;
        }
    }
}
