using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>One place where a service can be reached.</summary>
[DebuggerDisplay("{EndPoint}")]
public abstract class ServiceEndpoint
{
    /// <summary>The address: a <see cref="UriEndPoint"/> from configuration, or a host and port passed through.</summary>
    public abstract EndPoint EndPoint { get; }

    /// <summary>What is known about the endpoint besides its address.</summary>
    public abstract IFeatureCollection Features { get; }

    /// <summary>Creates an endpoint.</summary>
    public static ServiceEndpoint Create(EndPoint endPoint, IFeatureCollection? features = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new Plain(endPoint, features ?? new FeatureCollection());
    }

    /// <inheritdoc />
    public override string? ToString() => EndPoint.ToString();

    private sealed class Plain(EndPoint endPoint, IFeatureCollection features) : ServiceEndpoint
    {
        public override EndPoint EndPoint => endPoint;

        public override IFeatureCollection Features => features;
    }
}
