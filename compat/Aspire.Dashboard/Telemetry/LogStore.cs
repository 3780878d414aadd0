namespace Aspire.Dashboard.Telemetry;

/// <summary>The newest log records, in the order of their arrival.</summary>
internal sealed class LogStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly LogRecord?[] _ring = new LogRecord?[limits.MaxLogCount];
    private long _first = 1; // The number of the oldest that is kept.
    private long _next = 1;
    private long _bytes;
    private long _dropped;

    public Topic Changed { get; } = new();

    /// <summary>Records that were here and are no more.</summary>
    public long Dropped
    {
        get
        {
            lock (_lock)
                return _dropped;
        }
    }

    public void Add(IReadOnlyCollection<LogRecord> records)
    {
        if (records.Count == 0)
            return;

        lock (_lock)
        {
            foreach (var record in records)
            {
                var size = TelemetrySize.Of(record);
                while (_next - _first == _ring.Length || (_bytes + size > limits.MaxLogBytes && _first < _next))
                    DropOldest();
                _ring[_next % _ring.Length] = record with { Number = _next, Size = size };
                _bytes += size;
                _next++;
            }
        }

        Changed.Raise();
    }

    /// <summary>All records, the newest first.</summary>
    public LogRecord[] Snapshot()
    {
        lock (_lock)
        {
            var records = new LogRecord[_next - _first];
            for (var i = 0; i < records.Length; i++)
                records[i] = _ring[(_next - 1 - i) % _ring.Length]!;
            return records;
        }
    }

    public LogRecord? Find(long number)
    {
        lock (_lock)
            return number >= _first && number < _next ? _ring[number % _ring.Length] : null;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _first = _next;
            _bytes = 0;
            Array.Clear(_ring);
        }

        Changed.Raise();
    }

    private void DropOldest()
    {
        ref var oldest = ref _ring[_first % _ring.Length];
        _bytes -= oldest!.Size;
        oldest = null; // Its place may stay empty for long.
        _first++;
        _dropped++;
    }
}
