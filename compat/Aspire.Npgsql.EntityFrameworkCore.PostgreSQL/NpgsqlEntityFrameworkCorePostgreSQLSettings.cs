namespace Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;

/// <summary>Settings of <c>AddNpgsqlDbContext</c>, read from <c>Aspire:Npgsql:EntityFrameworkCore:PostgreSQL</c>.</summary>
public sealed class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    /// <summary>The connection string. <c>ConnectionStrings:{name}</c> wins over this section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether commands are not retried after a transient failure. The default is <see langword="false"/>.</summary>
    public bool DisableRetry { get; set; }

    /// <summary>Whether the health check is left out. The default is <see langword="false"/>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether tracing is left out. The default is <see langword="false"/>.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether metrics are left out. The default is <see langword="false"/>.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>The time to wait for a command, in seconds; <see langword="null"/> for the provider's default.</summary>
    public int? CommandTimeout { get; set; }
}
