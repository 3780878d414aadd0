using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Aspire.RabbitMQ.Client;

/// <summary>
/// Healthy while the connection is open; a connection that recovers becomes healthy again. Connecting is part of
/// the check: it may be the first use of the client.
/// </summary>
internal sealed class RabbitMQHealthCheck(Func<IConnection> connect) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connection = connect();
            return Task.FromResult(connection.IsOpen
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(
                    context.Registration.FailureStatus,
                    $"The connection is closed: {connection.CloseReason?.ReplyText ?? "reason unknown"}."));
        }
        catch (BrokerUnreachableException exception)
        {
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, exception.Message, exception));
        }
    }
}
