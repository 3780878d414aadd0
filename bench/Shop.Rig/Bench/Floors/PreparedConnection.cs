using Npgsql;

namespace Shop.Rig.Bench.Floors;

/// <summary>A connection that prepares each statement once, and sends it alone each time.</summary>
internal sealed class PreparedConnection : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<string, NpgsqlCommand> _commands = [];

    private PreparedConnection(NpgsqlConnection connection) => _connection = connection;

    public static async Task<PreparedConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return new PreparedConnection(connection);
    }

    /// <summary>Begins a transaction; the BEGIN travels with its first statement.</summary>
    public ValueTask<NpgsqlTransaction> BeginAsync() => _connection.BeginTransactionAsync();

    /// <summary>Sends one statement and reads all of its rows.</summary>
    /// <returns>The first value of the first row, if there is one.</returns>
    public async Task<object?> RunAsync(string sql, params object[] values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = new NpgsqlCommand(sql, _connection);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.PrepareAsync();
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];

        await using var reader = await command.ExecuteReaderAsync();
        object? first = null;
        while (await reader.ReadAsync())
            first ??= reader.GetValue(0);
        return first;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _commands.Values)
            await command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
