namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Options of the resolution from configuration.</summary>
public sealed class ConfigurationServiceEndpointProviderOptions
{
    /// <summary>The section that holds the services. The default is <c>Services</c>.</summary>
    public string SectionName { get; set; } = "Services";
}
