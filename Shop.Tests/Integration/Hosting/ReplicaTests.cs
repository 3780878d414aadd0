using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shop.Sandbox.Telegram;
using Shop.Tests.Integration.Telegram;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Hosting;

/// <summary>Copies of one service behind one address.</summary>
public sealed class ReplicaTests
{
    private const int Requests = 10;

    [Fact]
    public async Task Requests_go_to_every_replica_in_turn_and_past_a_dead_one()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddProject<Projects.Shop_Sandbox>("sandbox").WithReplicas(2).WithHttpHealthCheck("/health");
        await using var app = await builder.StartAsync();
        await Eventually.HoldsAsync(() => HealthyCopies(app).Length == 2, "both replicas are healthy", TestHost.Limit);

        // Each keeps its own chats, so what is written to one tells it from the other. A connection stays with its replica.
        var address = new Uri(app.GetEndpoint("sandbox"), "/telegram/chats/5/messages");
        using (var writer = Connection())
            (await writer.PostAsJsonAsync(address, new { text = "hello", first_name = "Anna", language_code = "en" })).EnsureSuccessStatusCode();
        Assert.Equal(Requests / 2, (await ReadAsync(address)).Count(view => view.Messages.Count == 1));

        var dead = HealthyCopies(app)[0];
        Native.Kill((int)dead.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value!, Native.SigKill);
        await app.ResourceNotifications.WaitForResourceAsync(dead.ResourceId, KnownResourceStates.Exited, TestHost.Soon);
        Assert.Single((await ReadAsync(address)).Select(view => view.Messages.Count).Distinct());
    }

    private static ResourceEvent[] HealthyCopies(DistributedApplication app) =>
        [.. app.ResourceNotifications.Current.Where(state => state.Resource.Name == "sandbox" && state.Snapshot.HealthStatus == HealthStatus.Healthy)];

    private static async Task<List<ChatView>> ReadAsync(Uri address)
    {
        var views = new List<ChatView>();
        for (var i = 0; i < Requests; i++)
        {
            using var connection = Connection();
            views.Add((await connection.GetFromJsonAsync<ChatView>(address, Person.Json))!);
        }

        return views;
    }

    private static HttpClient Connection() => new() { Timeout = TestHost.Limit };
}
