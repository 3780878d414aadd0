namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>Options of the hybrid cache.</summary>
public class HybridCacheOptions
{
    /// <summary>What applies to an entry that says nothing else; five minutes when this says nothing either.</summary>
    public HybridCacheEntryOptions? DefaultEntryOptions { get; set; }

    /// <summary>The real package may compress payloads; this one never does, and the flag is kept for its callers.</summary>
    public bool DisableCompression { get; set; }

    /// <summary>The largest serialized entry, in bytes; larger ones are not cached. The default is 1 MiB.</summary>
    public long MaximumPayloadBytes { get; set; } = 1 << 20;

    /// <summary>The longest key, in characters; longer ones bypass the cache. The default is 1024.</summary>
    public int MaximumKeyLength { get; set; } = 1024;

    /// <summary>Whether tags are reported as metric dimensions. There are no such metrics here.</summary>
    public bool ReportTagMetrics { get; set; }

    /// <summary>The key of the distributed cache among the services; <see langword="null"/> for the one without a key.</summary>
    public object? DistributedCacheServiceKey { get; set; }
}
