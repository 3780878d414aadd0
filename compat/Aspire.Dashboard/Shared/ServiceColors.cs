using System.Collections.Concurrent;

namespace Aspire.Dashboard.Shared;

/// <summary>Each service has its colour as long as the dashboard runs.</summary>
internal sealed class ServiceColors
{
    private const int Count = 10; // As many as the style has.
    private const int MaxServices = 1000;
    private readonly ConcurrentDictionary<string, int> _colors = new();

    /// <summary>The class of a service's colour; services beyond the limit share one.</summary>
    public string Of(string service) => $"c{(_colors.TryGetValue(service, out var known) ? known : Next(service)) % Count}";

    private int Next(string service) => _colors.Count < MaxServices ? _colors.GetOrAdd(service, _ => _colors.Count) : 0;
}
