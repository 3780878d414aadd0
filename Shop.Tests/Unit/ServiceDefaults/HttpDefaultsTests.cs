using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly.CircuitBreaker;
using Shop.ServiceDefaults.Http;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.ServiceDefaults;

/// <summary>What the HTTP client of every service does with a service that fails.</summary>
public sealed class HttpDefaultsTests : IDisposable
{
    private const int LeastToJudge = 5;
    private const int Attempts = 4;

    private readonly StubHandler _network = new(request => new HttpResponseMessage(
        request.RequestUri!.Host == "payments" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));
    private readonly ServiceProvider _services;
    private readonly HttpClient _client;

    public HttpDefaultsTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("services:orders:http:0", "http://127.0.0.1:8003")]);
        builder.AddHttpDefaults();
        builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options => options.Retry.Delay = TimeSpan.FromMilliseconds(1));
        builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options => options.CircuitBreaker.MinimumThroughput = LeastToJudge);
        builder.Services.AddHttpClient("").ConfigurePrimaryHttpMessageHandler(() => _network);
        _services = builder.Services.BuildServiceProvider();
        _client = _services.GetRequiredService<IHttpClientFactory>().CreateClient();
    }

    public void Dispose()
    {
        _client.Dispose();
        _services.Dispose();
        _network.Dispose();
    }

    [Theory]
    [InlineData("GET", null, Attempts)]
    [InlineData("POST", null, 1)]
    [InlineData("POST", "key-1", Attempts)]
    [InlineData("PUT", null, 1)]
    [InlineData("DELETE", null, 1)]
    public async Task Only_what_may_be_carried_out_twice_is_sent_twice(string method, string? key, int times)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(method, "payments", key)).StatusCode);
        Assert.Equal(times, _network.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_fails_is_left_alone_and_the_others_are_not()
    {
        for (var request = 0; request < LeastToJudge; request++)
            await SendAsync("POST", "payments");

        await Assert.ThrowsAsync<BrokenCircuitException>(() => SendAsync("POST", "payments"));
        Assert.Equal(LeastToJudge, _network.Requests.Count);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("POST", "catalog")).StatusCode);
    }

    [Fact]
    public async Task The_name_of_a_service_becomes_the_address_that_it_was_given()
    {
        await SendAsync("GET", "orders");
        Assert.Equal(new Uri("http://127.0.0.1:8003/"), Assert.Single(_network.Requests));
    }

    private Task<HttpResponseMessage> SendAsync(string method, string service, string? key = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), $"http://{service}/");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return _client.SendAsync(request);
    }
}
