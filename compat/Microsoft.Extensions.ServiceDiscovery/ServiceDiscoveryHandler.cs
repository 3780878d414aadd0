using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>
/// Sends each request to an endpoint of the service that its host names, taking turns among several.
/// A retry above this handler therefore goes to the next endpoint.
/// </summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpointResolver resolver, RoundRobin turns, ServiceDiscoveryOptions options)
    : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var original = request.RequestUri
            ?? throw new InvalidOperationException("Cannot resolve a service for a request without a URI.");

        var service = original.GetLeftPart(UriPartial.Authority);
        var source = await resolver.GetEndpointsAsync(service, cancellationToken);
        var endpoint = turns.Next(service, source.Endpoints);

        request.RequestUri = Rewrite(original, endpoint.EndPoint);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = original;
        }
    }

    private Uri Rewrite(Uri original, EndPoint endPoint)
    {
        if (endPoint is UriEndPoint { Uri: var target })
        {
            var uri = new UriBuilder(original) { Scheme = target.Scheme, Host = target.Host, Port = target.Port };
            if (target.AbsolutePath.Length > 1)
                uri.Path = $"{target.AbsolutePath.TrimEnd('/')}/{original.AbsolutePath.TrimStart('/')}";
            return uri.Uri;
        }

        // Passed through: nothing is known about the host, so the first of the wanted schemes is taken.
        var plus = original.Scheme.IndexOf('+', StringComparison.Ordinal);
        if (plus < 0)
            return original;

        var scheme = original.Scheme[..plus];
        if (!options.AllowAllSchemes && !options.AllowedSchemes.Contains(scheme, StringComparer.OrdinalIgnoreCase))
            throw new InvalidOperationException($"The scheme '{scheme}' is not allowed.");
        return new UriBuilder(original) { Scheme = scheme, Port = original.IsDefaultPort ? -1 : original.Port }.Uri;
    }
}
