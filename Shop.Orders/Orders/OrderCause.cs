using Shop.Messaging;

namespace Shop.Orders.Orders;

/// <summary>Who moves an order from one status to the next.</summary>
internal enum OrderActor
{
    /// <summary>The buyer, by a request.</summary>
    Customer,

    /// <summary>Another service, by an event.</summary>
    Event,

    /// <summary>The orchestrator, which carries the buyer's request through.</summary>
    Orchestrator,

    /// <summary>The job that sees to it that no order stays open for ever.</summary>
    Recovery,
}

/// <summary>What changes an order, and when.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When the order changes.</param>
/// <param name="Message">The event, if it is one.</param>
internal sealed record OrderCause(OrderActor By, DateTimeOffset At, HandledMessage? Message = null);
