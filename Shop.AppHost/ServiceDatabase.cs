using System.Globalization;
using Npgsql;

namespace Shop.AppHost;

/// <summary>A database that one service alone may enter, by a login of the same name that owns it.</summary>
internal sealed class ServiceDatabase
{
    private readonly PostgresServerResource _server;
    private readonly string _name;
    private readonly ParameterResource _password;

    /// <summary>Adds the database, and a connection string of the same name that is available when the login is.</summary>
    public ServiceDatabase(IResourceBuilder<PostgresServerResource> postgres, string name)
    {
        var builder = postgres.ApplicationBuilder;
        (_server, _name) = (postgres.Resource, name);
        _password = builder.AddGeneratedSecret($"{name}-password", $"The password of the login {name} in PostgreSQL.").Resource;
        var database = postgres.AddDatabase($"{name}-database", name)
            .OnResourceReady((_, _, cancellationToken) => CreateLoginAsync(cancellationToken));
        database.Resource.Annotations.Add(new ResourceSnapshotAnnotation(new CustomResourceSnapshot
        {
            ResourceType = "PostgresDatabase",
            Properties = [],
            IsHidden = true, // The connection string stands for it.
        }));

        var (host, port) = (_server.PrimaryEndpoint.Property(EndpointProperty.Host), _server.PrimaryEndpoint.Property(EndpointProperty.Port));
        var poolSize = DatabaseConnections.PoolSize.ToString(CultureInfo.InvariantCulture);
        ConnectionString = builder
            .AddConnectionString(name, ReferenceExpression.Create(
                $"Host={host};Port={port};Username={name};Password={_password};Database={name};Maximum Pool Size={poolSize}"))
            .WaitFor(database)
            .WithParentRelationship(postgres);
    }

    /// <summary>What the service is given.</summary>
    public IResourceBuilder<ConnectionStringResource> ConnectionString { get; }

    /// <summary>Makes the database anew, empty. Whoever is connected to it loses the connection.</summary>
    public async Task RecreateAsync(CancellationToken cancellationToken)
    {
        await using (var connection = await _server.ConnectAsAdministratorAsync(cancellationToken))
        {
            await ExecuteAsync(connection, "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', $1)", [_name], cancellationToken);
            await ExecuteAsync(connection, "SELECT format('CREATE DATABASE %I', $1)", [_name], cancellationToken);
        }

        await CreateLoginAsync(cancellationToken);
    }

    private async Task CreateLoginAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _server.ConnectAsAdministratorAsync(cancellationToken);
        var secret = await _password.GetValueAsync(cancellationToken) ?? "";
        await ExecuteAsync(
            connection,
            "SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1) THEN 'SELECT' ELSE format('CREATE ROLE %I LOGIN', $1) END",
            [_name], cancellationToken);
        await ExecuteAsync(connection, "SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1, $2)", [_name, secret], cancellationToken);
        await ExecuteAsync(connection, "SELECT format('ALTER DATABASE %I OWNER TO %I', $1, $1)", [_name], cancellationToken);
        await ExecuteAsync(connection, "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $1)", [_name], cancellationToken);
    }

    // These statements take no parameters, so the server itself quotes what goes into them.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, string[] values, CancellationToken cancellationToken)
    {
        await using var format = connection.CreateCommand();
        format.CommandText = statement;
        foreach (var value in values)
            format.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        await using var execute = connection.CreateCommand();
        execute.CommandText = (string)(await format.ExecuteScalarAsync(cancellationToken))!;
        await execute.ExecuteNonQueryAsync(cancellationToken);
    }
}
