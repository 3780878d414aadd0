using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Shop.Tests.Unit.Compat;

public sealed class StandardResilienceTests
{
    private static HttpClient Create(
        StubHandler network, Action<HttpStandardResilienceOptions>? configure = null,
        Action<IHttpStandardResiliencePipelineBuilder>? build = null)
    {
        var services = new ServiceCollection();
        var http = services.AddHttpClient("orders").ConfigurePrimaryHttpMessageHandler(() => network);
        var pipeline = http.AddStandardResilienceHandler(options =>
        {
            options.Retry.Delay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        });
        build?.Invoke(pipeline);
        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("orders");
    }

    private static StubHandler Answers(params HttpStatusCode[] codes)
    {
        var next = -1;
        return new StubHandler(_ => new HttpResponseMessage(codes[Math.Min(Interlocked.Increment(ref next), codes.Length - 1)]));
    }

    [Fact]
    public void The_defaults_are_those_of_the_package()
    {
        var options = new HttpStandardResilienceOptions();

        Assert.Equal(TimeSpan.FromSeconds(30), options.TotalRequestTimeout.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout.Timeout);
        Assert.Equal(3, options.Retry.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Retry.Delay);
        Assert.True(options.Retry.UseJitter);
        Assert.Equal(DelayBackoffType.Exponential, options.Retry.BackoffType);
        Assert.Equal(0.1, options.CircuitBreaker.FailureRatio);
        Assert.Equal(100, options.CircuitBreaker.MinimumThroughput);
        Assert.Equal(1000, options.RateLimiter.DefaultRateLimiterOptions.PermitLimit);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task A_transient_answer_is_tried_again(HttpStatusCode transient)
    {
        var network = Answers(transient, transient, HttpStatusCode.OK);
        using var client = Create(network);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("http://orders/")).StatusCode);
        Assert.Equal(3, network.Requests.Count);
    }

    [Fact]
    public async Task A_connection_failure_is_tried_again_and_then_told()
    {
        var network = new StubHandler(_ => throw new HttpRequestException("refused"));
        using var client = Create(network);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://orders/"));
        Assert.Equal(4, network.Requests.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.OK)]
    public async Task A_final_answer_is_not_tried_again(HttpStatusCode final)
    {
        var network = Answers(final);
        using var client = Create(network);

        Assert.Equal(final, (await client.GetAsync("http://orders/")).StatusCode);
        Assert.Single(network.Requests);
    }

    [Fact]
    public async Task Retry_after_decides_the_delay()
    {
        var first = true;
        var network = new StubHandler(_ =>
        {
            var response = new HttpResponseMessage(first ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
            response.Headers.RetryAfter = first ? new(TimeSpan.Zero) : null;
            first = false;
            return response;
        });
        // Without the header the test would wait for ten minutes and fail by the total timeout.
        using var client = Create(network, options => options.Retry.Delay = TimeSpan.FromMinutes(10));

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("http://orders/")).StatusCode);
    }

    [Fact]
    public async Task Unsafe_methods_can_be_left_without_retries()
    {
        var network = Answers(HttpStatusCode.ServiceUnavailable);
        using var client = Create(network, options => options.Retry.DisableForUnsafeHttpMethods());

        await client.PostAsync("http://orders/", new StringContent("{}"));
        Assert.Single(network.Requests);
        await client.GetAsync("http://orders/");
        Assert.Equal(5, network.Requests.Count);
    }

    [Fact]
    public async Task A_rule_of_ones_own_sees_the_request()
    {
        var network = Answers(HttpStatusCode.ServiceUnavailable);
        using var client = Create(network, options =>
        {
            var transient = options.Retry.ShouldHandle;
            options.Retry.ShouldHandle = async args =>
                await transient(args) && args.Context.GetRequestMessage()!.Headers.Contains("Idempotency-Key");
        });

        await client.GetAsync("http://orders/");
        Assert.Single(network.Requests);

        using var keyed = new HttpRequestMessage(HttpMethod.Post, "http://orders/") { Content = new StringContent("{}") };
        keyed.Headers.Add("Idempotency-Key", "1");
        await client.SendAsync(keyed);
        Assert.Equal(5, network.Requests.Count);
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_cut_off_and_tried_again()
    {
        var attempts = 0;
        var network = new StubHandler(async (_, cancellationToken) =>
        {
            if (Interlocked.Increment(ref attempts) == 1)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        using var client = Create(network, options => options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(100));

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("http://orders/")).StatusCode);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task The_total_timeout_ends_all_attempts()
    {
        var network = new StubHandler(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage();
        });
        using var client = Create(network, options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(100);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromMilliseconds(250);
        });

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => client.GetAsync("http://orders/"));
        Assert.InRange(network.Requests.Count, 2, 4);
    }

    [Fact]
    public async Task A_failing_service_is_left_alone_and_others_are_not()
    {
        var network = new StubHandler(request => new HttpResponseMessage(
            request.RequestUri!.Host == "payments" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));
        using var client = Create(network,
            options =>
            {
                options.Retry.ShouldHandle = _ => new ValueTask<bool>(false);
                options.CircuitBreaker.MinimumThroughput = 5;
            },
            pipeline => pipeline.SelectPipelineByAuthority());

        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("http://payments/")).StatusCode);

        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("http://payments/"));
        Assert.Equal(5, network.Requests.Count);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("http://catalog/")).StatusCode);
    }

    [Fact]
    public async Task Too_many_requests_at_once_are_refused()
    {
        var gate = new TaskCompletionSource();
        var network = new StubHandler(async (_, cancellationToken) =>
        {
            await gate.Task.WaitAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        using var client = Create(network, options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1);

        var first = client.GetAsync("http://orders/");
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync("http://orders/"));
        gate.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("http://orders/")).StatusCode);
    }

    [Fact]
    public async Task The_callers_cancellation_is_not_a_failure_to_retry()
    {
        var network = new StubHandler(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage();
        });
        using var client = Create(network);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync("http://orders/", cancellation.Token));
        Assert.Single(network.Requests);
    }

    [Fact]
    public async Task Timeouts_that_do_not_fit_are_refused()
    {
        using var client = Create(Answers(HttpStatusCode.OK), options => options.AttemptTimeout.Timeout = TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<OptionsValidationException>(() => client.GetAsync("http://orders/"));
    }

    [Fact]
    public async Task Options_come_from_configuration()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("http:Retry:MaxRetryAttempts", "1"), new("http:Retry:Delay", "00:00:00.001")])
            .Build();
        var network = Answers(HttpStatusCode.ServiceUnavailable);
        using var client = Create(network, build: pipeline => pipeline.Configure(configuration.GetSection("http")));

        await client.GetAsync("http://orders/");
        Assert.Equal(2, network.Requests.Count);
    }

    [Fact]
    public async Task The_handlers_of_all_clients_can_be_removed_from_one()
    {
        var network = Answers(HttpStatusCode.ServiceUnavailable);
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddHttpClient("plain").RemoveAllResilienceHandlers().ConfigurePrimaryHttpMessageHandler(() => network);
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IHttpClientFactory>().CreateClient("plain").GetAsync("http://orders/");
        Assert.Single(network.Requests);
    }
}
