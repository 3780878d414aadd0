namespace Aspire.Dashboard.Telemetry;

/// <summary>Tells that something has changed, without saying what: who watches looks again. Raising costs an increment while nobody does.</summary>
internal sealed class Topic
{
    private long _version;
    private TaskCompletionSource? _next;

    public long Version => Volatile.Read(ref _version);

    public void Raise()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Exchange(ref _next, null)?.TrySetResult();
    }

    /// <summary>Ends when the version is another than the one that is known.</summary>
    public async Task WaitAsync(long known, CancellationToken cancellationToken)
    {
        while (Version == known)
        {
            var next = Volatile.Read(ref _next);
            if (next is null)
            {
                var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                next = Interlocked.CompareExchange(ref _next, made, null) ?? made;
            }

            // Raised between the two looks: the task may belong to the next change.
            if (Version != known)
                return;
            await next.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
