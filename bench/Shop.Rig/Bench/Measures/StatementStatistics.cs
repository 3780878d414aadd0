using Npgsql;
using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>What each statement cost the server, by its extension <c>pg_stat_statements</c>.</summary>
internal sealed class StatementStatistics(NpgsqlConnection server) : IAsyncDisposable
{
    private const int Most = 60;

    public static async Task<StatementStatistics> StartAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection((await run.Shop.ServerAsync(cancellationToken)).ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT pg_stat_statements_reset()", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new StatementStatistics(connection);
    }

    /// <summary>The statements since the start that took longest in all.</summary>
    /// <param name="orders">How many orders they were for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<StatementCost>> ReadAsync(int orders, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT d.datname, regexp_replace(s.query, '\s+', ' ', 'g'), s.calls, s.total_plan_time + s.total_exec_time
            FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid ORDER BY 4 DESC LIMIT $1
            """, server)
        {
            Parameters = { new() { Value = Most } },
        };
        List<StatementCost> costs = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            costs.Add(new StatementCost(reader.GetString(0), reader.GetString(1), reader.GetInt64(2) / (double)orders, reader.GetDouble(3) / orders));
        return costs;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
