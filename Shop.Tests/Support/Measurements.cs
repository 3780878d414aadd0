using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Tests.Support;

/// <summary>What the instruments of one test measure, and of no other that runs at the same time.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new();

    public Measurements()
    {
        Factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == Factory)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>(Add);
        _listener.Start();
    }

    /// <summary>Makes the meters that are listened to.</summary>
    public IMeterFactory Factory { get; }

    /// <summary>The sums by instrument and tags, as in <c>shop.orders{status=paid}</c>, tags in the order of their names.</summary>
    public IReadOnlyDictionary<string, double> Sums => _sums;

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state = null)
    {
        var names = string.Join(',', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));
        _sums.AddOrUpdate($"{instrument.Name}{{{names}}}", value, (_, sum) => sum + value);
    }
}
