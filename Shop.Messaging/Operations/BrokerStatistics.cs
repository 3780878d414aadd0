using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using RabbitMQ.Client;
using Shop.ServiceDefaults;

namespace Shop.Messaging.Operations;

/// <summary>What the broker measured of a queue; null what it has not measured yet.</summary>
/// <param name="Unacknowledged">Messages that consumers have in hand.</param>
/// <param name="PublishRate">Messages a second that came in.</param>
/// <param name="DeliverRate">Messages a second that went to consumers.</param>
internal sealed record QueueStatistics(long? Unacknowledged, double? PublishRate, double? DeliverRate);

/// <summary>
/// Asks RabbitMQ's management API with the credentials of the service's own connection. It is a part of the broker that may be
/// away, switched off or closed to this user: that is an answer without statistics, and no failure.
/// </summary>
internal sealed partial class BrokerStatistics(
    HttpClient http, IConnectionFactory connection, IOptions<MessagingOptions> options, ILogger<BrokerStatistics> logger)
{
    private const long MaxAnswerBytes = 256 * 1024;
    private const string Columns = "messages_unacknowledged,message_stats.publish_details.rate,message_stats.deliver_get_details.rate";

    /// <summary>Whoever asks for figures waits for this, so it must not take as long as another call may.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Bounds what the API may take, in time and in bytes.</summary>
    public static void Bound(HttpClient http) => (http.Timeout, http.MaxResponseContentBufferSize) = (Patience, MaxAnswerBytes);

    /// <summary>Finds the statistics of a queue.</summary>
    public async Task<(StatisticsState State, QueueStatistics? Queue)> FindAsync(string queue, CancellationToken cancellationToken)
    {
        if (options.Value.ManagementUrl is not { } url)
            return (StatisticsState.NotConfigured, null);

        try
        {
            var path = $"api/queues/{Uri.EscapeDataString(connection.VirtualHost)}/{Uri.EscapeDataString(queue)}?columns={Columns}";
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, path));
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{connection.UserName}:{connection.Password}")));
            using var response = await http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<Answer>(JsonDefaults.Client, cancellationToken);
            return (StatisticsState.Available, new QueueStatistics(
                answer?.MessagesUnacknowledged, answer?.MessageStats?.PublishDetails?.Rate, answer?.MessageStats?.DeliverGetDetails?.Rate));
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or ExecutionRejectedException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            NotMeasured(logger, queue, exception.Message);
            return (StatisticsState.Unavailable, null);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The management API told no statistics of {Queue}: {Reason}")]
    private static partial void NotMeasured(ILogger logger, string queue, string reason);

    private sealed record Answer(long? MessagesUnacknowledged, MessageStats? MessageStats);

    private sealed record MessageStats(Details? PublishDetails, Details? DeliverGetDetails);

    private sealed record Details(double? Rate);
}
