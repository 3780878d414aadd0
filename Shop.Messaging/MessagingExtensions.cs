using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop.Messaging.Diagnostics;
using Shop.Messaging.Inbox;
using Shop.Messaging.Operations;
using Shop.Messaging.Outbox;
using Shop.Messaging.Topology;
using Shop.ServiceDefaults.Database;

namespace Shop.Messaging;

/// <summary>Adds the outbox, the inbox and the consumer of a service.</summary>
public static class MessagingExtensions
{
    /// <summary>A connection whose other end is gone without a word is noticed after two of these.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>Adds the outbox of a service that only publishes.</summary>
    /// <typeparam name="TContext">The service's DbContext; its model has <see cref="OutboxModel.AddOutbox"/>.</typeparam>
    public static void AddMessaging<TContext>(this IHostApplicationBuilder builder) where TContext : DbContext
    {
        builder.AddRabbitMQClient("rabbitmq",
            settings =>
            {
                settings.DisableTracing = true; // The spans are ours: they know of the outbox and the inbox.
                settings.DisableAutoActivation = true; // A service starts without the broker, and connects when it is there.
                settings.DisableHealthChecks = true; // Ours looks at the connections that are in use.
            },
            factory =>
            {
                // The relay and the consumers notice the end of their channels and open new ones, also where the client would not.
                factory.AutomaticRecoveryEnabled = false;
                factory.RequestedHeartbeat = Heartbeat;
                factory.ContinuationTimeout = Heartbeat; // What a broker that stopped reading may hold up.
            });
        builder.Services.AddMigrations(typeof(MessagingExtensions).Assembly);
        builder.Services.AddOptions<MessagingOptions>().BindConfiguration(MessagingOptions.Section)
            .ValidateDataAnnotations()
            .Validate(options => options.ConfirmSeconds < options.LeaseSeconds, "Messaging:ConfirmSeconds must be less than Messaging:LeaseSeconds.")
            .Validate(options => options.HasValidRetryDelays, "Messaging:RetryDelaysMilliseconds must be between 0 and a day each.")
            .Validate(options => options.HasValidQueues, "Messaging:Queues has a queue that does not exist, or a value out of range.")
            .ValidateOnStart();
        builder.Services.AddSingleton<MessagingMetrics>();
        builder.Services.AddSingleton<Broker>();

        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddSingleton<OutboxSignalInterceptor>();
        builder.Services.ConfigureDbContext<TContext>((services, options) =>
            options.AddInterceptors(services.GetRequiredService<OutboxSignalInterceptor>()));
        builder.Services.AddScoped<IOutbox, Outbox<TContext>>();
        builder.Services.AddSingleton<OutboxStore<TContext>>();
        builder.Services.AddHostedService<OutboxRelay<TContext>>();
        builder.Services.AddHostedService<MessagingCleanup<TContext>>();
        builder.Services.AddScoped(services => new MessagingDatabase(services.GetRequiredService<TContext>()));
        builder.Services.AddHostedService<BacklogMonitor<TContext>>();
        builder.Services.AddHealthChecks().AddCheck<BrokerHealthCheck>("rabbitmq").AddCheck<OutboxHealthCheck<TContext>>("outbox");
    }

    /// <summary>Adds the outbox of a service, and the consumer of its queue.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="queue">The service's queue in <see cref="ShopTopology"/>.</param>
    /// <param name="configure">The table of events and their handlers.</param>
    /// <exception cref="InvalidOperationException">The handlers are not those that the topology binds to the queue.</exception>
    public static void AddMessaging<TContext>(
        this IHostApplicationBuilder builder, string queue, Action<EventHandlers> configure) where TContext : DbContext
    {
        builder.AddMessaging<TContext>();
        var handlers = new EventHandlers(builder.Services);
        configure(handlers);
        handlers.RequireExactly(queue, ShopTopology.Bindings[queue]);
        builder.Services.AddScoped<MessageContext>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<DeadLetterQueue>(services, queue));
        builder.Services.AddTransient(services => ActivatorUtilities.CreateInstance<QueueFigures>(services, queue));
#pragma warning disable EXTEXP0001 // Figures that are missing are asked for again soon enough.
        builder.Services.AddHttpClient<BrokerStatistics>(BrokerStatistics.Bound).RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        builder.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<QueueConsumer<TContext>>(services, queue, handlers));
    }
}
