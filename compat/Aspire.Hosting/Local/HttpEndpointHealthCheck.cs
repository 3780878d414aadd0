using System.Net.Http.Headers;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Local;

/// <summary>Healthy when a GET gives the expected status.</summary>
internal sealed class HttpEndpointHealthCheck(EndpointReference endpoint, string path, int statusCode) : IHealthCheck
{
    private const int MaxBody = 300;

    // A connection is not kept: each answer shows that the process accepts new ones.
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(2),
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    public string EndpointName => endpoint.EndpointName;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        CheckAsync(endpoint.Port, cancellationToken);

    public async Task<HealthCheckResult> CheckAsync(int port, CancellationToken cancellationToken)
    {
        var address = new Uri(new Uri($"{endpoint.Scheme}://localhost:{port}"), path);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode == statusCode)
                return HealthCheckResult.Healthy();

            var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Unhealthy($"{address} answered {(int)response.StatusCode}, not {statusCode}: {body[..Math.Min(body.Length, MaxBody)]}");
        }
        catch (HttpRequestException exception)
        {
            return HealthCheckResult.Unhealthy($"{address}: {exception.Message}");
        }
    }
}
