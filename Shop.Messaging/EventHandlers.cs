using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

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
            var message = JsonSerializer.Deserialize<TEvent>(body.Span, EventJson.Options)
                ?? throw new JsonException("The message is null.");
            return services.GetRequiredService<THandler>().HandleAsync(message, cancellationToken);
        });
        return this;
    }

    /// <summary>Deserializes the message and runs its handler.</summary>
    /// <returns>Null when no handler is registered for the type.</returns>
    /// <exception cref="JsonException">The body is not the event's JSON.</exception>
    internal Func<IServiceProvider, ReadOnlyMemory<byte>, CancellationToken, Task>? Find(string? type) =>
        type is not null && _dispatch.TryGetValue(type, out var handle) ? handle : null;

    internal void RequireExactly(string queue, IReadOnlyList<string> bound)
    {
        if (!_dispatch.Keys.ToHashSet().SetEquals(bound))
            throw new InvalidOperationException(
                $"The topology binds {string.Join(", ", bound)} to {queue}, but there are handlers for {string.Join(", ", _dispatch.Keys)}.");
    }
}
