using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>Configures a hybrid cache.</summary>
public interface IHybridCacheBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
