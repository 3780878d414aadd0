using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>The endpoints of a service, and when to ask again.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ServiceEndpointSource
{
    /// <summary>Creates a source.</summary>
    public ServiceEndpointSource(List<ServiceEndpoint>? endpoints, IChangeToken changeToken, IFeatureCollection features)
    {
        ArgumentNullException.ThrowIfNull(changeToken);
        Endpoints = endpoints ?? [];
        ChangeToken = changeToken;
        Features = features;
    }

    /// <summary>The endpoints.</summary>
    public IReadOnlyList<ServiceEndpoint> Endpoints { get; }

    /// <summary>Changes when the endpoints may have changed.</summary>
    public IChangeToken ChangeToken { get; }

    /// <summary>What is known about the service besides its endpoints.</summary>
    public IFeatureCollection Features { get; }

    /// <inheritdoc />
    public override string ToString() => $"[{string.Join(", ", Endpoints)}]";
}
