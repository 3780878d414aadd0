using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Aspire.RabbitMQ.Client;

/// <summary>Opens the first connection. After that the client's automatic recovery keeps it.</summary>
internal static class RabbitMQConnector
{
    public const string ActivitySourceName = "Aspire.RabbitMQ.Client";

    private static readonly ActivitySource ActivitySource = new(ActivitySourceName);

    /// <summary>
    /// Connects, waiting 1, 2, 4 … seconds after a refused attempt. Blocks: the container resolves synchronously.
    /// </summary>
    /// <exception cref="BrokerUnreachableException">The broker refused every attempt.</exception>
    public static IConnection Connect(IConnectionFactory factory, int maxRetries, ILogger logger)
    {
        // Off the caller's context: blocking on a pool thread's own continuation could deadlock.
        return Task.Run(() => ConnectAsync(factory, maxRetries, logger)).GetAwaiter().GetResult();
    }

    private static async Task<IConnection> ConnectAsync(IConnectionFactory factory, int maxRetries, ILogger logger)
    {
        using var connect = StartActivity("rabbitmq connect");
        return await Pipeline(maxRetries, logger).ExecuteAsync(async cancellationToken =>
        {
            using var attempt = StartActivity("rabbitmq connect attempt");
            try
            {
                return await factory.CreateConnectionAsync(cancellationToken);
            }
            catch (Exception exception)
            {
                attempt?.AddException(exception);
                attempt?.SetStatus(ActivityStatusCode.Error);
                throw;
            }
        });
    }

    private static ResiliencePipeline Pipeline(int maxRetries, ILogger logger) => maxRetries <= 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<SocketException>().Handle<BrokerUnreachableException>(),
            BackoffType = DelayBackoffType.Exponential,
            MaxRetryAttempts = maxRetries,
            Delay = TimeSpan.FromSeconds(1),
            OnRetry = retry =>
            {
                logger.LogWarning(
                    "RabbitMQ is not reachable ({Reason}); attempt {Attempt} of {Attempts} in {Delay}",
                    retry.Outcome.Exception?.Message, retry.AttemptNumber + 2, maxRetries + 1, retry.RetryDelay);
                return default;
            },
        }).Build();

    private static Activity? StartActivity(string name)
    {
        var activity = ActivitySource.StartActivity(name, ActivityKind.Client);
        activity?.SetTag("messaging.system", "rabbitmq");
        return activity;
    }
}
