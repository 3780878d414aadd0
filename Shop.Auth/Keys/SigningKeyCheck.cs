using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Keys;

/// <summary>
/// Whether tokens can be signed. Auth does not start with a wrong <c>Auth:KeyEncryptionKey</c>, as with any other wrong
/// setting, and becomes unhealthy when a key that it cannot read is made while it runs.
/// </summary>
internal sealed class SigningKeyCheck(KeyRing ring, IOptions<TokenOptions> options) : IHostedService, IHealthCheck
{
    /// <exception cref="InvalidOperationException">The active key cannot be decrypted.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.IsSymmetric)
            await ring.GetAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await StartAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("Tokens cannot be signed; the log says why.", exception);
        }
    }
}
