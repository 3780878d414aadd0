namespace Aspire.Dashboard.Telemetry;

/// <summary>The newest values of a series: one per slot of time, and only those that differ from the one before.</summary>
internal sealed class TimeSlots<T>(long width, int capacity)
    where T : notnull
{
    private readonly Queue<(long Time, T Value)> _older = new();
    private (long Time, T Value)? _last;

    public long Span => width * capacity;

    public void Put(long time, T value)
    {
        if (_last is { } last)
        {
            // Late points would have to be sorted in, and no exporter sends them.
            if (time < last.Time || EqualityComparer<T>.Default.Equals(value, last.Value))
                return;

            if (time / width != last.Time / width)
            {
                _older.Enqueue(last);
                while (_older.Count >= capacity)
                    _older.Dequeue();
            }
        }

        _last = (time, value);
    }

    public (long Time, T Value)[] ToArray() => _last is { } last ? [.. _older, last] : [];
}
