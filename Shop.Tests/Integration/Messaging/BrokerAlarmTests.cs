using Shop.Messaging.Contracts;
using Shop.Messaging.Topology;
using Shop.Rig.Probe;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Messaging;

/// <summary>A broker that is short of memory: it reads nothing more from a connection that publishes.</summary>
public sealed class BrokerAlarmTests(MessagingServers servers) : IClassFixture<MessagingServers>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_alarm_holds_what_is_published_and_neither_deliveries_nor_their_acknowledgements()
    {
        var place = await servers.CreatePlaceAsync();
        await using var service = await ProbeService.StartAsync(place);
        var gate = new TaskCompletionSource();
        service.Faults.OnHandlingWith = (_, note) => note == "delivered before" ? gate.Task : Task.CompletedTask;
        await service.PublishAsync(Event("delivered before"), Event("delivered before"));
        await Eventually.HoldsAsync(() => IsPublishedAsync(service, "delivered before"), "both are published", Soon);
        await Eventually.HoldsAsync(async () => await servers.CountMessagesAsync(place, ShopTopology.CatalogQueue) == 2, "the broker counts both", Soon);

        await servers.SetMemoryLimitAsync("0.0000001");
        try
        {
            await service.PublishAsync(Event("published during"));
            await Eventually.HoldsAsync(async () => (await servers.ListBlockedConnectionsAsync(place)).Any(name => name.EndsWith("publishing", StringComparison.Ordinal)),
                "the connection that publishes is blocked", Soon);

            gate.SetResult();
            await Eventually.HoldsAsync(async () => (await service.HandledAsync()).Count == 2, "what was delivered is handled", Soon);
            await Eventually.HoldsAsync(async () => await servers.CountMessagesAsync(place, ShopTopology.CatalogQueue) == 0, "what was handled is acknowledged", Soon);
            Assert.False(await IsPublishedAsync(service, "published during"));
            Assert.DoesNotContain(await servers.ListBlockedConnectionsAsync(place), name => name.EndsWith("consuming", StringComparison.Ordinal));
        }
        finally
        {
            gate.TrySetResult();
            await servers.SetMemoryLimitAsync("absolute", "512MB");
        }

        await Eventually.HoldsAsync(async () => (await service.HandledAsync()).Count >= 3, "what was held is published and handled", Soon);
        Assert.Equal(["delivered before", "delivered before", "published during"], (await service.HandledAsync()).Select(row => row.Note));
    }

    private static OrderCancelled Event(string note) => new(Guid.CreateVersion7(), note);

    private static async Task<bool> IsPublishedAsync(ProbeService service, string note) => await service.ScalarAsync<bool>(
        $"""SELECT bool_and(published_at IS NOT NULL) AS "Value" FROM outbox WHERE convert_from(payload, 'UTF8')::jsonb ->> 'reason' = {note}""");
}
