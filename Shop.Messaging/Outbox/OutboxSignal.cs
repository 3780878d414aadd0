using Shop.ServiceDefaults;

namespace Shop.Messaging.Outbox;

/// <summary>Wakes the relay of this process.</summary>
internal sealed class OutboxSignal() : WakeSignal(workers: 1);
