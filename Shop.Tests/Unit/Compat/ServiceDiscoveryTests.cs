using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;

namespace Shop.Tests.Unit.Compat;

public sealed class ServiceDiscoveryTests
{
    private static (HttpClient Client, StubHandler Network, ServiceProvider Services) Create(
        Dictionary<string, string?> configuration, Action<ServiceDiscoveryOptions>? configure = null)
    {
        var network = new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.OK));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        services.AddServiceDiscovery(configure ?? (_ => { }));
        services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        services.AddHttpClient("").ConfigurePrimaryHttpMessageHandler(() => network);
        var provider = services.BuildServiceProvider();
        return (provider.GetRequiredService<IHttpClientFactory>().CreateClient(), network, provider);
    }

    [Theory]
    [InlineData("http://orders/orders/1?x=1", "http://127.0.0.1:8003/orders/1?x=1")]
    [InlineData("https+http://orders/a%2Fb", "https://127.0.0.1:9003/a%2Fb")]
    [InlineData("https+http://catalog/products", "http://127.0.0.1:8002/products")]
    [InlineData("http://_admin.orders/", "http://127.0.0.1:7003/")]
    [InlineData("http://gateway/pay", "http://10.0.0.1:80/base/pay")]
    [InlineData("http://bare/", "http://10.0.0.2:8080/")]
    public async Task A_service_name_is_replaced_by_its_configured_endpoint(string request, string expected)
    {
        var (client, network, services) = Create(new()
        {
            ["services:orders:http:0"] = "http://127.0.0.1:8003",
            ["services:orders:https:0"] = "https://127.0.0.1:9003",
            ["services:orders:admin:0"] = "http://127.0.0.1:7003",
            ["services:catalog:http:0"] = "http://127.0.0.1:8002",
            ["services:gateway:http:0"] = "http://10.0.0.1/base/",
            ["services:bare:http"] = "10.0.0.2:8080",
        });
        await using (services)
            await client.GetAsync(request);

        Assert.Equal(new Uri(expected), Assert.Single(network.Requests));
    }

    [Theory]
    [InlineData("http://example.org/a", "http://example.org/a")]
    [InlineData("https://example.org:8443/a", "https://example.org:8443/a")]
    [InlineData("http://127.0.0.1:5000/", "http://127.0.0.1:5000/")]
    [InlineData("https+http://unknown/a", "https://unknown/a")]
    [InlineData("https+http://unknown:81/a", "https://unknown:81/a")]
    public async Task An_unknown_host_is_passed_through(string request, string expected)
    {
        var (client, network, services) = Create(new() { ["services:orders:http:0"] = "http://127.0.0.1:8003" });
        await using (services)
            await client.GetAsync(request);

        Assert.Equal(new Uri(expected), Assert.Single(network.Requests));
    }

    [Fact]
    public async Task Several_endpoints_take_turns()
    {
        var (client, network, services) = Create(new()
        {
            ["services:orders:http:0"] = "http://127.0.0.1:1",
            ["services:orders:http:1"] = "http://127.0.0.1:2",
            ["services:orders:http:2"] = "http://127.0.0.1:3",
        });
        await using (services)
        {
            for (var i = 0; i < 9; i++)
                await client.GetAsync("http://orders/");
        }

        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3], network.Requests.Select(uri => uri.Port));
    }

    [Fact]
    public async Task A_configuration_reload_is_seen()
    {
        var (client, network, services) = Create(new() { ["services:orders:http:0"] = "http://127.0.0.1:1" });
        await using (services)
        {
            await client.GetAsync("http://orders/");
            var configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();
            configuration["services:orders:http:0"] = "http://127.0.0.1:2";
            configuration.Reload();
            await client.GetAsync("http://orders/");
        }

        Assert.Equal([1, 2], network.Requests.Select(uri => uri.Port));
    }

    [Fact]
    public async Task The_request_keeps_its_own_uri_so_that_it_can_be_sent_again()
    {
        var (client, _, services) = Create(new() { ["services:orders:http:0"] = "http://127.0.0.1:1" });
        await using (services)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/x");
            await client.SendAsync(request);
            Assert.Equal(new Uri("http://orders/x"), request.RequestUri);
        }
    }

    [Fact]
    public async Task A_scheme_that_is_not_allowed_is_skipped()
    {
        var (client, network, services) = Create(
            new()
            {
                ["services:orders:http:0"] = "http://127.0.0.1:1",
                ["services:orders:https:0"] = "https://127.0.0.1:2",
            },
            options =>
            {
                options.AllowAllSchemes = false;
                options.AllowedSchemes = ["http"];
            });
        await using (services)
            await client.GetAsync("https+http://orders/");

        Assert.Equal(new Uri("http://127.0.0.1:1"), Assert.Single(network.Requests));
    }

    [Fact]
    public async Task The_resolver_gives_the_endpoints_themselves()
    {
        var (_, _, services) = Create(new() { ["services:orders:http:0"] = "http://127.0.0.1:1" });
        await using (services)
        {
            var source = await services.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync("http://orders", default);
            Assert.Equal("http://127.0.0.1:1/", Assert.Single(source.Endpoints).ToString());
        }
    }

    [Fact]
    public async Task An_address_that_is_none_is_named_with_its_section()
    {
        var (client, _, services) = Create(new() { ["services:orders:http:0"] = "http://:0:0" });
        await using (services)
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("http://orders/"));
            Assert.Contains("orders:http", failure.Message, StringComparison.Ordinal);
        }
    }
}
