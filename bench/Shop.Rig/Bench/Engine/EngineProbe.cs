using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Outbox;
using Shop.Messaging.Topology;
using Shop.ServiceDefaults.Database;

namespace Shop.Rig.Bench.Engine;

/// <summary>A service that has nothing but the engine: its handlers insert one row for each message.</summary>
internal sealed class EngineProbe : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly MeterListener _meter = new();
    private long _published;
    private long _handled;

    private EngineProbe(IHost host)
    {
        _host = host;
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Shop.Messaging", Name: "shop.outbox.published" or "shop.inbox.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _meter.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _published, count));
        _meter.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _handled));
        _meter.Start();
    }

    /// <summary>Messages the broker has confirmed.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Messages handled and committed.</summary>
    public long Handled => Interlocked.Read(ref _handled);

    public static async Task<EngineProbe> StartAsync(string database, string broker, bool consume, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:enginedb"] = database,
            ["ConnectionStrings:rabbitmq"] = broker,
        });
        builder.Configuration.AddEnvironmentVariables();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Services.AddSingleton(TimeProvider.System).AddMetrics();
        builder.AddServiceDatabase<EngineContext>("enginedb");
        if (consume)
        {
            builder.AddMessaging<EngineContext>(ShopTopology.CatalogQueue, handlers => handlers
                .On<PaymentProcessed, InsertRow>()
                .On<PaymentFailed, InsertRow>()
                .On<OrderCancelled, InsertRow>()
                .On<OrderExpired, InsertRow>());
        }
        else
        {
            builder.AddMessaging<EngineContext>();
        }

        var probe = new EngineProbe(builder.Build());
        await probe._host.StartAsync(cancellationToken);
        return probe;
    }

    /// <summary>Adds an event the way a service does, which wakes the relay.</summary>
    public async Task PublishAsync(PaymentFailed message, CancellationToken cancellationToken)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IOutbox>().Add(message);
        await scope.ServiceProvider.GetRequiredService<EngineContext>().SaveChangesAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _meter.Dispose();
        _host.Dispose();
        NpgsqlConnection.ClearAllPools();
    }

    private sealed class InsertRow(EngineContext db) :
        IEventHandler<PaymentProcessed>, IEventHandler<PaymentFailed>, IEventHandler<OrderCancelled>, IEventHandler<OrderExpired>
    {
        public Task HandleAsync(PaymentProcessed message, CancellationToken cancellationToken) => Add(message.OrderId, message.Currency);

        public Task HandleAsync(PaymentFailed message, CancellationToken cancellationToken) => Add(message.OrderId, message.Reason);

        public Task HandleAsync(OrderCancelled message, CancellationToken cancellationToken) => Add(message.OrderId, message.Reason);

        public Task HandleAsync(OrderExpired message, CancellationToken cancellationToken) => Add(message.OrderId, message.Reason);

        private Task Add(Guid orderId, string note)
        {
            db.Set<EngineRow>().Add(new EngineRow { OrderId = orderId, Note = note });
            return Task.CompletedTask;
        }
    }
}

/// <summary>The database of the probe.</summary>
internal sealed class EngineContext(DbContextOptions<EngineContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<EngineRow>().ToTable("engine_rows").Property(row => row.Id).UseIdentityAlwaysColumn();
        modelBuilder.AddOutbox();
        modelBuilder.UseSnakeCaseColumns();
    }
}

/// <summary>What handling one message leaves.</summary>
internal sealed class EngineRow
{
    public long Id { get; private set; }

    public required Guid OrderId { get; init; }

    public required string Note { get; init; }
}
