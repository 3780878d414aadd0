using Npgsql;

namespace Shop.AppHost;

/// <summary>The database server as its administrator sees it.</summary>
internal static class PostgresAdministrator
{
    /// <summary>Opens a connection that is used once, to no service's database.</summary>
    public static async Task<NpgsqlConnection> ConnectAsAdministratorAsync(this PostgresServerResource server, CancellationToken cancellationToken)
    {
        var administrator = new NpgsqlConnectionStringBuilder(await server.ConnectionStringExpression.GetValueAsync(cancellationToken))
        {
            Database = "postgres",
            Pooling = false,
        };
        var connection = new NpgsqlConnection(administrator.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
