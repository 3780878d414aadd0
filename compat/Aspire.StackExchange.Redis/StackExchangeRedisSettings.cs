namespace Aspire.StackExchange.Redis;

/// <summary>Settings of <c>AddRedisClient</c>, read from <c>Aspire:StackExchange:Redis</c>.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The connection string. <c>ConnectionStrings:{name}</c> wins over this section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether the health check is left out. The default is <see langword="false"/>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether tracing is left out. The default is <see langword="false"/>.</summary>
    public bool DisableTracing { get; set; }
}
