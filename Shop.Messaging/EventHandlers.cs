using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shop.Messaging.Inbox;

namespace Shop.Messaging;

/// <summary>The events a service acts on, and the handler of each.</summary>
public sealed class EventHandlers
{
    private readonly IServiceCollection _services;
    private readonly Dictionary<string, Func<IServiceProvider, ReadOnlyMemory<byte>, CancellationToken, Task>> _dispatch = [];

    internal EventHandlers(IServiceCollection services) => _services = services;

    /// <summary>Handles an event with a class that is created for each message.</summary>
    /// <exception cref="ArgumentException">The event has a handler already.</exception>
    public EventHandlers On<TEvent, THandler>() where TEvent : IEvent where THandler : class, IEventHandler<TEvent>
    {
        _services.AddScoped<THandler>();
        _dispatch.Add(TEvent.Type, (services, body, cancellationToken) =>
        {
            var message = Deserialize<TEvent>(body.Span);
            return services.GetRequiredService<THandler>().HandleAsync(message, cancellationToken);
        });
        return this;
    }

    /// <summary>Deserializes the message and runs its handler.</summary>
    /// <exception cref="PoisonMessageException">There is no handler for the type, or the body is not the event's JSON.</exception>
    internal Task HandleAsync(IServiceProvider services, string? type, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        type is not null && _dispatch.TryGetValue(type, out var handle)
            ? handle(services, body, cancellationToken)
            : throw new PoisonMessageException($"Nothing handles the type '{type}'.");

    private static TEvent Deserialize<TEvent>(ReadOnlySpan<byte> body) where TEvent : IEvent
    {
        try
        {
            return JsonSerializer.Deserialize<TEvent>(body, EventJson.Options) ?? throw new PoisonMessageException("The message is null.");
        }
        catch (JsonException exception)
        {
            throw new PoisonMessageException($"The body is no {TEvent.Type}: {exception.Message}", exception);
        }
    }

    internal void RequireExactly(string queue, IReadOnlyList<string> bound)
    {
        if (!_dispatch.Keys.ToHashSet().SetEquals(bound))
            throw new InvalidOperationException(
                $"The topology binds {string.Join(", ", bound)} to {queue}, but there are handlers for {string.Join(", ", _dispatch.Keys)}.");
    }
}
