using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Caching.Hybrid;

internal sealed record HybridCacheBuilder(IServiceCollection Services) : IHybridCacheBuilder;
