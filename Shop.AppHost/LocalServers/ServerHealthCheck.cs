using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Shop.AppHost.LocalServers;

/// <summary>Whether a server answers.</summary>
internal sealed class ServerHealthCheck(LocalServer server) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await server.AskAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy(exception.Message, exception);
        }
    }
}
