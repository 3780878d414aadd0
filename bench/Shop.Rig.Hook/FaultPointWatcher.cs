using System.Diagnostics;

namespace Shop.Rig.Hook;

/// <summary>
/// Hears in a service's own process of the fault points that Shop.Messaging passes: writes down what the rig wants to know
/// afterwards, and ends or stops the process, or fails what it does, where the rig has ordered it.
/// </summary>
internal sealed class FaultPointWatcher : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string ListenerName = "Shop.Messaging";
    private static readonly HashSet<string> Witnessed = ["inbox.after_commit", "outbox.after_complete"];

    private readonly WitnessFile _witness;
    private readonly OrderFile _order;

    private FaultPointWatcher(WitnessFile witness, OrderFile order) => (_witness, _order) = (witness, order);

    /// <summary>Begins to watch.</summary>
    /// <param name="directory">The rig's directory.</param>
    /// <param name="service">The name of this service.</param>
    public static void Start(string directory, string service) => DiagnosticListener.AllListeners.Subscribe(
        new FaultPointWatcher(new WitnessFile(directory, service), new OrderFile(directory, service)));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == ListenerName)
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (Witnessed.Contains(value.Key) && value.Value is { } payload)
            _witness.Write(value.Key, payload);
        _order.Reach(value.Key);
    }

    public void OnError(Exception error)
    {
        // A diagnostic listener reports none.
    }

    public void OnCompleted()
    {
        // The listener lives as long as the process.
    }
}
