using System.Diagnostics;
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

namespace Shop.Rig.Probe;

/// <summary>
/// A service that has nothing but the engine, and the catalogue's queue: it notes each event it handles, and fails where it
/// is told to.
/// </summary>
internal sealed class ProbeService : IAsyncDisposable
{
    private readonly IHost _host;

    private ProbeService(IHost host) => _host = host;

    /// <summary>Runs in place of the note, when set; throws to make the delivery fail.</summary>
    public Faults Faults => _host.Services.GetRequiredService<Faults>();

    public IServiceProvider Services => _host.Services;

    public static async Task<ProbeService> StartAsync(
        ProbePlace place, bool consume = true, bool relay = true, Action<Faults>? configure = null, CancellationToken cancellationToken = default)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(place.Settings).AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:probedb"] = place.Database,
            ["ConnectionStrings:rabbitmq"] = place.Broker,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System).AddMetrics().AddSingleton<Faults>();
        builder.AddServiceDatabase<ProbeContext>("probedb");
        if (consume && relay)
        {
            builder.AddMessaging<ProbeContext>(ShopTopology.CatalogQueue, handlers => handlers
                .On<PaymentProcessed, Note>()
                .On<PaymentFailed, Note>()
                .On<OrderCancelled, Note>()
                .On<OrderExpired, Note>());
        }
        else
        {
            builder.AddMessaging<ProbeContext>();
        }

        if (!relay)
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(OutboxRelay<ProbeContext>)));

        var host = builder.Build();
        configure?.Invoke(host.Services.GetRequiredService<Faults>());
        await host.StartAsync(cancellationToken);
        return new ProbeService(host);
    }

    /// <summary>Adds events in one transaction.</summary>
    public async Task PublishAsync(params IReadOnlyList<OrderCancelled> events)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var outbox = scope.ServiceProvider.GetRequiredService<IOutbox>();
        foreach (var message in events)
            outbox.Add(message);
        await scope.ServiceProvider.GetRequiredService<ProbeContext>().SaveChangesAsync();
    }

    /// <summary>What was handled, in the order of the commits.</summary>
    public async Task<List<HandledEvent>> HandledAsync()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ProbeContext>().Handled.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
    }

    /// <summary>A value from the database.</summary>
    public async Task<T> ScalarAsync<T>(FormattableString sql) where T : struct
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<ProbeContext>().Database.SqlQuery<T>(sql).ToListAsync()).Single();
    }

    public async Task ExecuteAsync(FormattableString sql)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ProbeContext>().Database.ExecuteSqlAsync(sql);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        NpgsqlConnection.ClearAllPools();
    }

    private sealed class Note(ProbeContext db, Faults faults) :
        IEventHandler<PaymentProcessed>, IEventHandler<PaymentFailed>, IEventHandler<OrderCancelled>, IEventHandler<OrderExpired>
    {
        public Task HandleAsync(PaymentProcessed message, CancellationToken cancellationToken) => Add(message.OrderId, message.CustomerEmail);

        public Task HandleAsync(PaymentFailed message, CancellationToken cancellationToken) => Add(message.OrderId, message.Reason);

        public Task HandleAsync(OrderCancelled message, CancellationToken cancellationToken) => Add(message.OrderId, message.Reason);

        public Task HandleAsync(OrderExpired message, CancellationToken cancellationToken) => Add(message.OrderId, message.Reason);

        private Task Add(Guid orderId, string note)
        {
            db.Handled.Add(new HandledEvent { OrderId = orderId, Note = note, TraceId = Activity.Current?.TraceId.ToHexString() });
            faults.OnHandling?.Invoke(note);
            return faults.OnHandlingWith?.Invoke(db, note) ?? Task.CompletedTask;
        }
    }
}

internal sealed class Faults
{
    public Action<string>? OnHandling { get; set; }

    public Func<ProbeContext, string, Task>? OnHandlingWith { get; set; }
}
