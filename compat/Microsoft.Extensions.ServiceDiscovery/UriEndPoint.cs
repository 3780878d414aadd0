using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>An endpoint given as a URI.</summary>
/// <param name="uri">The URI: a scheme, a host, a port.</param>
public class UriEndPoint(Uri uri) : EndPoint
{
    /// <summary>The URI.</summary>
    public Uri Uri => uri;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is UriEndPoint other && Uri.Equals(other.Uri);

    /// <inheritdoc />
    public override int GetHashCode() => Uri.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => uri.ToString();
}
