using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shop.Messaging;
using Shop.ServiceDefaults.Database;

namespace Shop.Rig.Bench.Floors;

/// <summary>Fresh databases with the services' own schemas on the shop's own server, and workers who live through orders in them.</summary>
internal sealed class SqlFloor : IAsyncDisposable
{
    private static readonly string[] Services = ["Orders", "Catalog", "Payments", "Notifications"];

    private readonly IReadOnlyList<OrderLife> _lives;
    private readonly IReadOnlyList<FloorBuyer> _buyers;

    private SqlFloor(IReadOnlyList<OrderLife> lives, IReadOnlyList<FloorBuyer> buyers) => (_lives, _buyers) = (lives, buyers);

    /// <summary>Makes the databases and connects the workers.</summary>
    /// <param name="shop">The shop whose server is used.</param>
    /// <param name="workers">Orders that live at a time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SqlFloor> CreateAsync(BenchShop shop, int workers, CancellationToken cancellationToken)
    {
        var server = await shop.ServerAsync(cancellationToken);
        Dictionary<string, string> databases = [];
        foreach (var service in Services)
            databases[service] = await CreateDatabaseAsync(server, service, cancellationToken);

        List<FloorBuyer> buyers = [.. Enumerable.Range(0, workers).Select(number => new FloorBuyer(Guid.CreateVersion7(), $"buyer-{number}@example.com"))];
        await SeedAsync(databases, buyers, cancellationToken);

        List<OrderLife> lives = [];
        for (var worker = 0; worker < workers; worker++)
        {
            Task<PreparedConnection> Open(string service) => PreparedConnection.OpenAsync(databases[service], cancellationToken);
            lives.Add(new OrderLife(await Open("Orders"), await Open("Catalog"), await Open("Payments"), await Open("Notifications")));
        }
        return new SqlFloor(lives, buyers);
    }

    /// <summary>Lives through orders with all workers.</summary>
    /// <returns>Orders a second.</returns>
    public async Task<double> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var orders = 0;
        var start = DateTime.UtcNow;
        var end = start + duration;
        await Task.WhenAll(_lives.Select((life, worker) => Task.Run(async () =>
        {
            while (DateTime.UtcNow < end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var number = Interlocked.Increment(ref orders);
                await life.RunAsync(_buyers[worker], number % BenchShop.Products + 1);
            }
        }, cancellationToken)));
        return orders / (DateTime.UtcNow - start).TotalSeconds;
    }

    private static async Task<string> CreateDatabaseAsync(NpgsqlConnectionStringBuilder server, string service, CancellationToken cancellationToken)
    {
#pragma warning disable CA1308 // Databases have lower-case names.
        var name = $"floor_{service.ToLowerInvariant()}";
#pragma warning restore CA1308
        await ExecuteAsync(server.ConnectionString, $"CREATE DATABASE {name}", cancellationToken);
        var database = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, Pooling = false }.ConnectionString;
        MigrationSource[] sources =
        [
            new(typeof(MigrationSource).Assembly), new(Assembly.Load($"Shop.{service}")), new(typeof(MessagingOptions).Assembly),
        ];
        await new MigrationRunner(sources, () => new NpgsqlConnection(database), NullLogger<MigrationRunner>.Instance).ApplyAsync(cancellationToken);
        return database;
    }

    private static async Task SeedAsync(Dictionary<string, string> databases, List<FloorBuyer> buyers, CancellationToken cancellationToken)
    {
        var ids = buyers.ConvertAll(buyer => buyer.Id);
        var emails = buyers.ConvertAll(buyer => buyer.Email);
        await ExecuteAsync(databases["Catalog"], $"""
            INSERT INTO categories VALUES ('phones', 'Телефоны', 'Phones', 1);
            INSERT INTO products (id, category, kind, name_ru, name_en, description_ru, description_en, price, currency)
            SELECT n, 'phones', 'physical', 'Телефон', 'Phone', '', '', 500, 'RUB' FROM generate_series(1, {BenchShop.Products}) n;
            INSERT INTO stock (product_id, supplied, available) SELECT n, 100000000, 100000000 FROM generate_series(1, {BenchShop.Products}) n
            """, cancellationToken);
        await ExecuteAsync(databases["Payments"], """
            WITH wallets AS (
                INSERT INTO accounts (id, kind, user_id, currency, balance_minor) SELECT 'wallet:' || id || ':RUB', 'wallet', id, 'RUB', 0 FROM unnest($1) id),
            deposits AS (
                INSERT INTO ledger_transactions (id, external_id, kind, created_at) SELECT id, 'deposit:' || id, 'deposit', now() FROM unnest($1) id)
            INSERT INTO ledger_entries (transaction_id, line, account_id, currency, amount_minor)
            SELECT id, 1, 'wallet:' || id || ':RUB', 'RUB', 100000000000 FROM unnest($1) id
            UNION ALL SELECT id, 2, 'cash_in:RUB', 'RUB', -100000000000 FROM unnest($1) id
            """, cancellationToken, ids);
        await ExecuteAsync(databases["Notifications"], """
            INSERT INTO recipients (user_id, email, language) SELECT id, email, 'ru' FROM unnest($1, $2) AS buyer (id, email)
            """, cancellationToken, ids, emails);
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var life in _lives)
            await life.DisposeAsync();
    }
}
