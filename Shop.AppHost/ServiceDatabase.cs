using Npgsql;

namespace Shop.AppHost;

/// <summary>Gives each service a database that only it may enter.</summary>
internal static class ServiceDatabase
{
    /// <summary>
    /// Adds a database with a login of the same name that owns it, and a connection string of that name for the service.
    /// The connection string is available when the login is.
    /// </summary>
    public static IResourceBuilder<ConnectionStringResource> AddServiceDatabase(this IResourceBuilder<PostgresServerResource> postgres, string name)
    {
        var builder = postgres.ApplicationBuilder;
        var password = builder.AddGeneratedSecret($"{name}-password");
        var database = postgres.AddDatabase($"{name}-database", name)
            .OnResourceReady((_, _, cancellationToken) => CreateLoginAsync(postgres.Resource, name, password.Resource, cancellationToken));

        var server = postgres.Resource.PrimaryEndpoint;
        return builder
            .AddConnectionString(name, ReferenceExpression.Create(
                $"Host={server.Property(EndpointProperty.Host)};Port={server.Property(EndpointProperty.Port)};Username={name};Password={password.Resource};Database={name}"))
            .WaitFor(database);
    }

    private static async Task CreateLoginAsync(PostgresServerResource server, string name, ParameterResource password, CancellationToken cancellationToken)
    {
        var administrator = new NpgsqlConnectionStringBuilder(await server.ConnectionStringExpression.GetValueAsync(cancellationToken))
        {
            Database = "postgres",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(administrator.ConnectionString);
        await connection.OpenAsync(cancellationToken);

        // These statements take no parameters, so the server itself quotes what goes into them.
        string[] statements =
        [
            "SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1) THEN 'SELECT' ELSE format('CREATE ROLE %I LOGIN', $1) END",
            "SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1, $2)",
            "SELECT format('ALTER DATABASE %I OWNER TO %I', $1, $1)",
            "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $1)",
        ];
        var secret = await password.GetValueAsync(cancellationToken) ?? "";
        foreach (var statement in statements)
        {
            await using var format = connection.CreateCommand();
            format.CommandText = statement;
            format.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            if (statement.Contains("$2", StringComparison.Ordinal))
                format.Parameters.Add(new NpgsqlParameter<string> { TypedValue = secret });

            await using var execute = connection.CreateCommand();
            execute.CommandText = (string)(await format.ExecuteScalarAsync(cancellationToken))!;
            await execute.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
