using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>How a test reaches the resources of an application.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>Makes a client for an endpoint.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="endpointName">The name of the endpoint; https, then http, when not given.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <summary>The address of an endpoint.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="endpointName">The name of the endpoint; https, then http, when not given.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (Find(app, resourceName) is not IResourceWithEndpoints resource)
            throw new ArgumentException($"Resource '{resourceName}' has no endpoints.", nameof(resourceName));

        var endpoints = resource.GetEndpoints().ToArray();
        var endpoint = endpointName is not null
            ? Named(endpointName)
            : Named("https") ?? Named("http") ?? (endpoints.Length == 1 ? endpoints[0] : null);
        return endpoint is { IsAllocated: true }
            ? new Uri(endpoint.Url)
            : throw new ArgumentException($"Endpoint '{endpointName ?? "https or http"}' for resource '{resourceName}' not found.", nameof(endpointName));

        EndpointReference? Named(string name) =>
            endpoints.FirstOrDefault(candidate => string.Equals(candidate.EndpointName, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The connection string of a resource.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">The name of the resource.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection string.</returns>
    /// <exception cref="ArgumentException">There is no such resource, or it has none.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        return Find(app, resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new ArgumentException($"Resource '{resourceName}' does not expose a connection string.", nameof(resourceName));
    }

    private static IResource Find(DistributedApplication app, string resourceName) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .FirstOrDefault(resource => string.Equals(resource.Name, resourceName, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"Resource '{resourceName}' not found.", nameof(resourceName));
}
