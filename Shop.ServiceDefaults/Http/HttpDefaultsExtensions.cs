using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Shop.ServiceDefaults.Http;

internal static class HttpDefaultsExtensions
{
    /// <summary>The largest body an endpoint takes unless it says otherwise, in bytes.</summary>
    private const long MaxRequestBodyBytes = 256 * 1024;

    public static void AddHttpDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
        });

        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // What they would say of each request its span says, and whoever called says what failed.
            http.RemoveAllLoggers();
            http.AddStandardResilienceHandler(options =>
            {
                var isTransient = options.Retry.ShouldHandle;
                options.Retry.ShouldHandle = async arguments =>
                    IsRepeatable(arguments.Context.GetRequestMessage()) && await isTransient(arguments);
            })
                // A pipeline per service: without it the circuit that one failing service opens is everybody's.
                .SelectPipelineByAuthority();
            http.AddServiceDiscovery();
        });
    }

    /// <remarks>
    /// A POST that timed out may have been carried out; only a request that is safe by its method,
    /// or that the server recognizes by its key, may be sent twice.
    /// </remarks>
    private static bool IsRepeatable(HttpRequestMessage? request) =>
        request is not null
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options
            || request.Headers.Contains("Idempotency-Key"));
}
