using System.Diagnostics;

namespace OpenTelemetry.Instrumentation;

/// <summary>Receives the events of one named <see cref="DiagnosticListener"/> until disposed.</summary>
internal sealed class DiagnosticListenerSubscription
    : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly string _listenerName;
    private readonly Func<string, bool> _isEnabled;
    private readonly Action<string, object?> _onEvent;
    private readonly IDisposable _allListeners;
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _subscriptions = [];
    private bool _disposed;

    public DiagnosticListenerSubscription(
        string listenerName, Func<string, bool> isEnabled, Action<string, object?> onEvent)
    {
        _listenerName = listenerName;
        _isEnabled = isEnabled;
        _onEvent = onEvent;
        _allListeners = DiagnosticListener.AllListeners.Subscribe(this);
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name != _listenerName)
            return;

        lock (_gate)
        {
            if (!_disposed)
                _subscriptions.Add(value.Subscribe(this, (name, _, _) => _isEnabled(name)));
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value) =>
        _onEvent(value.Key, value.Value);

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    public void Dispose()
    {
        _allListeners.Dispose();
        lock (_gate)
        {
            _disposed = true;
            _subscriptions.ForEach(subscription => subscription.Dispose());
            _subscriptions.Clear();
        }
    }
}
