using System.Text;
using Npgsql;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Topology;
using Shop.Rig.Chaos;
using Shop.Rig.Setup;

namespace Shop.Rig.Invariants;

/// <summary>Reads the databases, the broker and the witnesses' notes, past every proxy.</summary>
/// <param name="shop">The shop.</param>
/// <param name="retryDelays">The waits of its failed deliveries, in milliseconds: each has a queue.</param>
internal sealed class EvidenceReader(ThrowawayShop shop, IReadOnlyList<int> retryDelays)
{
    private static readonly TimeSpan BacklogPoll = TimeSpan.FromSeconds(1);

    /// <summary>Queues beside the shop's that are to be empty in the end.</summary>
    public IReadOnlyList<string> OwnQueues { get; init; } = [];

    /// <summary>Where the watchers in the services write, if there are any.</summary>
    public string? Notes { get; init; }

    /// <summary>How much there is of each product.</summary>
    public async Task<IReadOnlyDictionary<int, int>> ReadStockAsync(CancellationToken cancellationToken) =>
        (await QueryAsync(Names.Catalog, "SELECT product_id, supplied FROM stock", row => (row.GetInt32(0), row.GetInt32(1)), cancellationToken))
        .ToDictionary(stock => stock.Item1, stock => stock.Item2);

    /// <summary>The events there are.</summary>
    public async Task<IReadOnlySet<Guid>> ReadEventIdsAsync(CancellationToken cancellationToken) =>
        (await ReadOutboxAsync(cancellationToken)).Select(row => row.Id).ToHashSet();

    /// <summary>Waits until the shop has nothing left to do, at most this long.</summary>
    /// <returns>What it has left.</returns>
    public async Task<Backlog> WaitForBacklogAsync(TimeSpan bound, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var backlog = (await TryMeasureBacklogAsync(cancellationToken)) with { Waited = TimeProvider.System.GetElapsedTime(begun) };
            if (backlog.IsZero || backlog.Waited > bound)
                return backlog;
            await Task.Delay(BacklogPoll, cancellationToken);
        }
    }

    /// <remarks>The rig's own connections may have broken with the last fault.</remarks>
    private async Task<Backlog> TryMeasureBacklogAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await MeasureBacklogAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or RabbitMQClientException or IOException)
        {
            return new Backlog { Outbox = -1 };
        }
    }

    private async Task<Backlog> MeasureBacklogAsync(CancellationToken cancellationToken)
    {
        var outbox = await Task.WhenAll(Names.Services.Select(service =>
            CountAsync(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL AND parked_at IS NULL", cancellationToken)));
        var orders = await QueryAsync(Names.Orders, "SELECT id FROM orders WHERE status IN ('pending', 'awaiting_payment', 'paid')", row => row.GetGuid(0), cancellationToken);
        var backlog = new Backlog
        {
            Outbox = outbox.Sum(),
            Queues = await ReadQueuesAsync(cancellationToken),
            OpenOrders = orders.Count,
            Notifications = await CountAsync(Names.Notifications, "SELECT count(*) FROM notifications WHERE status = 'pending'", cancellationToken),
            Reservations = await CountAsync(Names.Catalog, "SELECT count(*) FROM reservations WHERE status = 'held'", cancellationToken),
        };
        return backlog.IsZero ? backlog with { Unhandled = await CountUnhandledAsync(cancellationToken) } : backlog;
    }

    /// <summary>Reads everything.</summary>
    /// <param name="known">What only the run knows: the stock and the events before it, the faults, the journal.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Evidence> ReadAsync(Evidence known, CancellationToken cancellationToken) => known with
    {
        Outbox = await ReadOutboxAsync(cancellationToken),
        Inbox = await ReadInboxAsync(cancellationToken),
        DeadLetters = await ReadDeadLettersAsync(cancellationToken),
        Commits = [.. ReadWitness("inbox.after_commit")],
        Completions = [.. ReadWitness("outbox.after_complete").Select(note => note.MessageId)],
        Orders = await QueryAsync(Names.Orders,
            "SELECT id, customer_id, customer_email, flow, status, total_amount, refunded_amount, payment_id, failure_reason FROM orders",
            row => new OrderRow(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetDecimal(5), row.GetDecimal(6),
                row.IsDBNull(7) ? null : row.GetGuid(7), row.IsDBNull(8) ? null : row.GetString(8)), cancellationToken),
        StatusChanges = await QueryAsync(Names.Orders, "SELECT order_id, id, from_status, status FROM order_status_changes",
            row => new StatusChange(row.GetGuid(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3)), cancellationToken),
        OrderLines = await QueryAsync(Names.Orders, "SELECT order_id, product_id, quantity FROM order_lines",
            row => new OrderLine(row.GetGuid(0), row.GetInt32(1), row.GetInt32(2)), cancellationToken),
        Payments = await QueryAsync(Names.Payments, "SELECT id, order_id, amount_minor, refunded_minor, status FROM payments",
            row => new PaymentRow(row.GetGuid(0), row.GetGuid(1), row.GetInt64(2) / 100m, row.GetInt64(3) / 100m, row.GetString(4)), cancellationToken),
        Ledger = await QueryAsync(Names.Payments,
            "SELECT t.id, t.external_id, t.kind, t.order_id, e.account_id, e.currency, e.amount_minor FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id",
            row => new LedgerEntry(row.GetGuid(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetGuid(3), row.GetString(4), row.GetString(5), row.GetInt64(6)),
            cancellationToken),
        Accounts = await QueryAsync(Names.Payments, "SELECT id, kind, user_id, balance_minor FROM accounts",
            row => new Account(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.IsDBNull(3) ? null : row.GetInt64(3)), cancellationToken),
        Stock = await QueryAsync(Names.Catalog, "SELECT product_id, supplied, available, reserved, sold FROM stock",
            row => new StockRow(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4)), cancellationToken),
        Reservations = await QueryAsync(Names.Catalog, "SELECT order_id, status FROM reservations", row => new Reservation(row.GetGuid(0), row.GetString(1)), cancellationToken),
        Notifications = await QueryAsync(Names.Notifications, "SELECT id, order_id, template, status FROM notifications",
            row => new NotificationRow(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetString(2), row.GetString(3)), cancellationToken),
        Users = (await QueryAsync(Names.Auth, "SELECT id FROM users", row => row.GetGuid(0), cancellationToken)).ToHashSet(),
        InitialStock = known.InitialStock.Concat(known.Journal.Products).ToDictionary(stock => stock.Key, stock => stock.Value),
    };

    private async Task<IReadOnlyList<OutboxRow>> ReadOutboxAsync(CancellationToken cancellationToken)
    {
        var rows = await Task.WhenAll(Names.Services.Select(service => QueryAsync(service,
            "SELECT sequence, id, type, key, published_at IS NOT NULL, parked_at IS NOT NULL FROM outbox ORDER BY sequence",
            row => new OutboxRow(service, row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetBoolean(5)), cancellationToken)));
        return [.. rows.SelectMany(row => row)];
    }

    private async Task<IReadOnlyList<InboxRow>> ReadInboxAsync(CancellationToken cancellationToken)
    {
        var rows = await Task.WhenAll(Names.Consumers.Select(service => QueryAsync(service,
            "SELECT consumer, message_id FROM inbox", row => new InboxRow(row.GetString(0), row.GetGuid(1)), cancellationToken)));
        return [.. rows.SelectMany(row => row)];
    }

    /// <summary>What was published and is neither handled nor among the dead letters.</summary>
    private async Task<long> CountUnhandledAsync(CancellationToken cancellationToken)
    {
        var handled = (await ReadInboxAsync(cancellationToken)).Select(row => (row.Consumer, row.MessageId)).ToHashSet();
        var dead = (await ReadDeadLettersAsync(cancellationToken)).Select(letter => (letter.Queue, letter.MessageId)).ToHashSet();
        return (await ReadOutboxAsync(cancellationToken)).Sum(row => EventTypes.QueuesOf(row.Type).LongCount(queue =>
            !handled.Contains((queue, row.Id)) && !dead.Contains((queue, row.Id.ToString()))));
    }

    /// <summary>The messages in every queue that the shop has, but for the dead letters.</summary>
    private async Task<IReadOnlyDictionary<string, uint>> ReadQueuesAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, uint> counts = [];
        await using var connection = await shop.ConnectToBrokerAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var queue in ShopTopology.Bindings.Keys.SelectMany(queue => retryDelays.Select(delay => Broker.RetryQueue(queue, delay)).Prepend(queue)).Concat(OwnQueues))
            counts[queue] = (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        return counts;
    }

    private async Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(CancellationToken cancellationToken)
    {
        List<DeadLetter> letters = [];
        await using var connection = await shop.ConnectToBrokerAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var queue in ShopTopology.Bindings.Keys)
        {
            // Taken without an acknowledgement: they go back with the channel.
            while (await channel.BasicGetAsync(ShopTopology.DeadLetterQueue(queue), autoAck: false, cancellationToken) is { } message)
            {
                var error = message.BasicProperties.Headers?.TryGetValue("x-shop-error", out var header) == true && header is byte[] text ? Encoding.UTF8.GetString(text).Split('\n')[0] : "no error is given";
                letters.Add(new DeadLetter(queue, message.BasicProperties.MessageId ?? "", message.BasicProperties.Type ?? "", error));
            }
        }

        return letters;
    }

    /// <summary>What the watchers in the services wrote down.</summary>
    private IEnumerable<(string Queue, string MessageId)> ReadWitness(string point) => (Notes is null ? [] : Directory.EnumerateFiles(Notes))
        .SelectMany(File.ReadLines)
        .Select(line => line.Split(' '))
        .Where(fields => fields.Length == 3 && fields[0] == point)
        .Select(fields => (fields[1], fields[2]));

    private async Task<long> CountAsync(string service, string sql, CancellationToken cancellationToken) =>
        (await QueryAsync(service, sql, row => row.GetInt64(0), cancellationToken)).Single();

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string service, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = await shop.OpenDatabaseAsync(Names.DatabaseOf(service), cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
