using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Shop.ServiceDefaults.Database;

/// <summary>
/// Applies the SQL migrations that a database has not seen, before anything else of the service starts.
/// Replicas that start together take turns on an advisory lock; a migration that was changed after it ran is refused.
/// </summary>
public sealed partial class MigrationRunner(
    IEnumerable<MigrationSource> sources,
    Func<NpgsqlConnection> createConnection,
    ILogger<MigrationRunner> logger) : IHostedLifecycleService
{
    private const long LockId = 0x53484F50_4D494752; // "SHOPMIGR"
    private const int MaxAttempts = 30;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>A migration may rewrite a large table, and another replica's may be waited for.</summary>
    private static readonly TimeSpan LongestStatement = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ApplyAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (exception.IsTransient && attempt < MaxAttempts)
            {
                NotReachable(logger, attempt, MaxAttempts, exception.Message);
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }

    /// <summary>Applies what is missing, all of it in one transaction: what fails leaves nothing, and holds no lock.</summary>
    /// <exception cref="InvalidOperationException">A migration that ran has another text now.</exception>
    /// <exception cref="NpgsqlException">The database is not reachable, or a statement failed.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = createConnection();
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", [LockId], cancellationToken);
        await ExecuteAsync(connection, """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                source     text        NOT NULL,
                number     int         NOT NULL,
                name       text        NOT NULL,
                checksum   text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (source, number))
            """, [], cancellationToken);

        List<(string Source, Migration Migration)> applied = [];
        foreach (var source in sources.DistinctBy(source => source.Name))
            applied.AddRange((await ApplyAsync(connection, source, cancellationToken)).Select(migration => (source.Name, migration)));
        await transaction.CommitAsync(cancellationToken);

        foreach (var (source, migration) in applied)
            Applied(logger, source, migration.Number, migration.Name);
    }

    private static async Task<IReadOnlyList<Migration>> ApplyAsync(NpgsqlConnection connection, MigrationSource source, CancellationToken cancellationToken)
    {
        List<Migration> missing = [];
        var applied = await ReadAppliedAsync(connection, source.Name, cancellationToken);
        foreach (var migration in source.Read())
        {
            if (applied.TryGetValue(migration.Number, out var checksum))
            {
                if (checksum != migration.Checksum)
                    throw new InvalidOperationException(
                        $"Migration {source.Name}/{migration.Number:0000}_{migration.Name} was changed after it ran. Add a new one instead.");
                continue;
            }

            await ExecuteAsync(connection, migration.Sql, [], cancellationToken);
            await ExecuteAsync(connection, "INSERT INTO schema_migrations (source, number, name, checksum) VALUES ($1, $2, $3, $4)",
                [source.Name, migration.Number, migration.Name, migration.Checksum], cancellationToken);
            missing.Add(migration);
        }

        return missing;
    }

    private static async Task<Dictionary<int, string>> ReadAppliedAsync(NpgsqlConnection connection, string source, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT number, checksum FROM schema_migrations WHERE source = $1", connection)
        {
            Parameters = { new() { Value = source } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<int, string> applied = [];
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)LongestStatement.TotalSeconds };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Source}/{Number} {Name}")]
    private static partial void Applied(ILogger logger, string source, int number, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is not reachable (attempt {Attempt} of {MaxAttempts}): {Reason}")]
    private static partial void NotReachable(ILogger logger, int attempt, int maxAttempts, string reason);
}
