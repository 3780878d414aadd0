using System.Collections.Concurrent;
using OpenTelemetry;

namespace Shop.Tests.Unit.Compat;

/// <summary>An exporter that keeps what it is given.</summary>
internal sealed class Collector<T> : BaseExporter<T> where T : class
{
    public ConcurrentQueue<T> Items { get; } = new();

    public bool IsShutDown { get; private set; }

    public override ExportResult Export(in Batch<T> batch)
    {
        foreach (var item in batch)
            Items.Enqueue(item);
        return ExportResult.Success;
    }

    protected override bool OnShutdown(int timeoutMilliseconds) => IsShutDown = true;
}
