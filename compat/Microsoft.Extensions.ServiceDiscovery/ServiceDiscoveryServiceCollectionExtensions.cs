using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds service discovery.</summary>
public static class ServiceDiscoveryServiceCollectionExtensions
{
    /// <summary>Adds service discovery from configuration, passing unknown names through.</summary>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services) =>
        services.AddServiceDiscovery(static _ => { });

    /// <summary>Adds service discovery from configuration, passing unknown names through.</summary>
    public static IServiceCollection AddServiceDiscovery(
        this IServiceCollection services, Action<ServiceDiscoveryOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configureOptions);

        services.Configure(configureOptions);
        services.AddOptions<ConfigurationServiceEndpointProviderOptions>();
        services.TryAddSingleton<RoundRobin>();
        services.TryAddSingleton(provider => new ServiceEndpointResolver(
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<IOptions<ConfigurationServiceEndpointProviderOptions>>(),
            provider.GetRequiredService<IOptions<ServiceDiscoveryOptions>>()));
        return services;
    }
}
