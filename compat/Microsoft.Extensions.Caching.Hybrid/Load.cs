using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>One load of one key that any number of callers wait for. It is cancelled when the last of them has left.</summary>
internal abstract class Load
{
    private volatile bool _isInvalidated;

    /// <summary>Whether the key was removed while it was loading: the value goes to its callers, and into no cache.</summary>
    public bool IsInvalidated => _isInvalidated;

    public void Invalidate() => _isInvalidated = true;
}

/// <inheritdoc />
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without timer or wait handle holds nothing to dispose, and the last caller may still cancel it.")]
internal sealed class Load<T> : Load
{
    private readonly TaskCompletionSource<CacheEntry<T>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _gate = new();
    private int _callers = 1;

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Adds a caller, unless the load was abandoned or failed already.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_callers == 0 || _result.Task.IsFaulted || _result.Task.IsCanceled)
                return false;
            _callers++;
            return true;
        }
    }

    public async ValueTask<T> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _result.Task.WaitAsync(cancellationToken)).Value();
        }
        finally
        {
            Leave();
        }
    }

    public void Complete(CacheEntry<T> entry) => _result.TrySetResult(entry);

    public void Fail(Exception exception)
    {
        if (exception is OperationCanceledException && Abandoned.IsCancellationRequested)
            _result.TrySetCanceled(Abandoned);
        else
            _result.TrySetException(exception);
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_callers > 0 || _result.Task.IsCompleted)
                return;
        }
        _abandoned.Cancel();
    }
}
