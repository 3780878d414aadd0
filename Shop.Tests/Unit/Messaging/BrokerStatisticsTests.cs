using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Shop.Messaging;
using Shop.Messaging.Operations;

namespace Shop.Tests.Unit.Messaging;

/// <summary>What a service makes of the management API, which may be away, closed or changed.</summary>
public sealed class BrokerStatisticsTests
{
    [Fact]
    public async Task The_figures_of_the_queue_are_asked_for_with_the_credentials_of_the_connection()
    {
        using var api = new Api(_ => Json("""
            {"messages_unacknowledged":3,"message_stats":{"publish_details":{"rate":1.5},"deliver_get_details":{"rate":2}},"new":{}}
            """));

        var (state, queue) = await api.FindAsync();

        Assert.Equal(StatisticsState.Available, state);
        Assert.Equal(new QueueStatistics(3, 1.5, 2), queue);
        Assert.StartsWith("http://broker:15672/api/queues/%2F/payment_queue?columns=", api.Asked, StringComparison.Ordinal);
        Assert.Equal($"Basic {Convert.ToBase64String("shop:p:w"u8)}", api.Authorization);
    }

    [Fact]
    public async Task A_queue_that_nothing_was_measured_of_has_no_figures()
    {
        using var api = new Api(_ => Json("{}"));

        Assert.Equal((StatisticsState.Available, new QueueStatistics(null, null, null)), await api.FindAsync());
    }

    [Fact]
    public async Task Refusals_nonsense_silence_and_floods_are_no_failures()
    {
        Func<CancellationToken, Task<HttpResponseMessage>>[] answers =
        [
            _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.Unauthorized)),
            _ => Json("<html>"),
            _ => Json("""{"messages_unacknowledged":"many"}"""),
            _ => throw new HttpRequestException("refused"),
            _ => Json($"\"{new string('x', 300_000)}\""),
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                throw new InvalidOperationException("Nobody waited.");
            },
        ];
        foreach (var answer in answers)
        {
            using var api = new Api(answer);
            Assert.Equal((StatisticsState.Unavailable, null), await api.FindAsync());
        }
    }

    [Fact]
    public async Task Without_an_address_nobody_is_asked()
    {
        using var api = new Api(_ => Json("{}")) { Url = null };

        Assert.Equal((StatisticsState.NotConfigured, null), await api.FindAsync());
        Assert.Null(api.Asked);
    }

    private static Task<HttpResponseMessage> Json(string text) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") });

    private sealed class Api(Func<CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        public Uri? Url { get; init; } = new("http://broker:15672");

        public string? Asked { get; private set; }

        public string? Authorization { get; private set; }

        public async Task<(StatisticsState State, QueueStatistics? Queue)> FindAsync()
        {
            using var http = new HttpClient(this, disposeHandler: false);
            BrokerStatistics.Bound(http);
            var statistics = new BrokerStatistics(
                http, new ConnectionFactory { UserName = "shop", Password = "p:w", VirtualHost = "/" },
                Options.Create(new MessagingOptions { ManagementUrl = Url }), NullLogger<BrokerStatistics>.Instance);
            return await statistics.FindAsync("payment_queue", default);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri!.AbsoluteUri;
            Authorization = request.Headers.Authorization!.ToString();
            return answer(cancellationToken);
        }
    }
}
