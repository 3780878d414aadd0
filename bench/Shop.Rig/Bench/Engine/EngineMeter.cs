using System.Diagnostics.Metrics;

namespace Shop.Rig.Bench.Engine;

/// <summary>Counts what the engine of this process has done.</summary>
internal sealed class EngineMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _published;
    private long _handled;

    public EngineMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Shop.Messaging", Name: "shop.outbox.published" or "shop.inbox.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _published, count));
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _handled));
        _listener.Start();
    }

    /// <summary>Messages the broker has confirmed.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Messages handled and committed.</summary>
    public long Handled => Interlocked.Read(ref _handled);

    public void Dispose() => _listener.Dispose();
}
