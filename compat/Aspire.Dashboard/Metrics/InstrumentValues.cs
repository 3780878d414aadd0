using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Metrics;

/// <summary>The instruments that are known, and their series of all resources that have them.</summary>
/// <param name="store">The values.</param>
/// <param name="length">The nanoseconds that are looked at.</param>
internal sealed class InstrumentValues(MetricStore store, long length)
{
    private readonly IReadOnlyList<InstrumentInfo> _all = store.Instruments();

    /// <summary>All instruments of all resources.</summary>
    public IReadOnlyList<InstrumentInfo> All => _all;

    /// <summary>The resources, of any instrument.</summary>
    public IReadOnlyList<TelemetryResource> Resources => [.. _all.Select(info => info.Key.Resource).Distinct()];

    /// <summary>An instrument of this name, of any resource; nothing when none has it.</summary>
    public InstrumentInfo? Find(string name) => _all.FirstOrDefault(info => info.Key.Name == name);

    /// <summary>The series of an instrument, of all resources that have one like it.</summary>
    public IReadOnlyList<SeriesPoints> Read(InstrumentInfo instrument) =>
    [
        .. _all.Where(info => info.Key.Name == instrument.Key.Name && info.Key.Meter == instrument.Key.Meter && info.Kind == instrument.Kind && info.Unit == instrument.Unit)
            .SelectMany(info => store.Read(info.Key, length)),
    ];
}
