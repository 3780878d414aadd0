using Shop.Messaging.Contracts;
using Shop.Rig.Probe;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Messaging;

/// <summary>The connections to the broker: who uses which, and what happens when the broker closes them.</summary>
public sealed class BrokerConnectionTests(MessagingServers servers) : IClassFixture<MessagingServers>
{
    /// <remarks>A broker short of memory or disk stops reading from connections that publish.</remarks>
    [Fact]
    public async Task Nothing_is_published_on_the_connection_that_consumes()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "both ways"));
        await UntilHandledAsync(service, 1);

        var consumers = await Eventually.GetAsync(async () =>
            await servers.ListConsumingConnectionsAsync(place) is { Count: > 0 } names ? names : null, "the broker lists the consumer", TimeSpan.FromSeconds(30));
        var connections = await Eventually.GetAsync(async () =>
            await servers.ListConnectionsAsync(place) is { Count: 2 } both ? both : null, "the broker lists two connections", TimeSpan.FromSeconds(30));

        Assert.EndsWith("consuming", connections[Assert.Single(consumers)], StringComparison.Ordinal);
        Assert.Contains(connections.Values, name => name.EndsWith("publishing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_that_the_broker_closed_are_opened_again()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "before"));
        await UntilHandledAsync(service, 1);
        var before = await Eventually.GetAsync(async () =>
            await servers.ListConnectionsAsync(place) is { Count: 2 } both ? both : null, "the broker lists two connections", TimeSpan.FromSeconds(30));

        foreach (var connection in before.Keys)
            await servers.CloseConnectionAsync(connection);
        await service.PublishAsync(new OrderCancelled(Guid.CreateVersion7(), "after"));

        await UntilHandledAsync(service, 2);
        Assert.Equal(["before", "after"], (await service.HandledAsync()).Select(row => row.Note));
    }

    private static Task UntilHandledAsync(ProbeService service, int count) =>
        Eventually.HoldsAsync(async () => (await service.HandledAsync()).Count >= count, $"{count} events are handled", TimeSpan.FromSeconds(30));
}
