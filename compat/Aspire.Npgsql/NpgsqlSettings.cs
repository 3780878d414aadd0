namespace Aspire.Npgsql;

/// <summary>Settings of <c>AddNpgsqlDataSource</c>, read from <c>Aspire:Npgsql</c>.</summary>
public sealed class NpgsqlSettings
{
    /// <summary>The connection string. <c>ConnectionStrings:{name}</c> wins over this section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether the health check is left out. The default is <see langword="false"/>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether tracing is left out. The default is <see langword="false"/>.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether metrics are left out. The default is <see langword="false"/>.</summary>
    public bool DisableMetrics { get; set; }
}
