using System.Globalization;

namespace Shop.AppHost;

/// <summary>How many connections the database server allows: enough for every pool of every replica.</summary>
internal static class DatabaseConnections
{
    /// <summary>Connections that the pool of one replica may hold.</summary>
    public const int PoolSize = 50;

    /// <summary>Services that have a database: auth, catalog, orders, payments, notifications.</summary>
    private const int Databases = 5;

    /// <summary>A replica that starts runs its migrations on a connection of its own.</summary>
    private const int Migrations = 1;

    /// <summary>The AppHost's health checks, what operators open, and what the server reserves for its administrator.</summary>
    private const int Others = 45;

    /// <summary>5 databases × (50 + 1) connections for each replica, and 45: 300 with one replica of each service, 555 with two.</summary>
    public static int Needed(int replicas) => (Databases * replicas * (PoolSize + Migrations)) + Others;

    /// <summary>Has the server allow as many.</summary>
    public static IResourceBuilder<PostgresServerResource> WithConnectionsFor(this IResourceBuilder<PostgresServerResource> postgres, int replicas) =>
        postgres.WithArgs("-c", $"max_connections={Needed(replicas).ToString(CultureInfo.InvariantCulture)}");
}
