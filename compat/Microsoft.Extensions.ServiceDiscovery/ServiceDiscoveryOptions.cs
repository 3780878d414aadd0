namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Options of service discovery.</summary>
public sealed class ServiceDiscoveryOptions
{
    /// <summary>Whether every scheme may be resolved. The default is <see langword="true"/>.</summary>
    public bool AllowAllSchemes { get; set; } = true;

    /// <summary>The schemes that may be resolved when not all may.</summary>
    public IList<string> AllowedSchemes { get; set; } = [];
}
