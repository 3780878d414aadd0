using System.Collections.Concurrent;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Whose turn it is, per service; shared by all clients of the process.</summary>
internal sealed class RoundRobin
{
    private readonly ConcurrentDictionary<string, Counter> _turns = new(StringComparer.OrdinalIgnoreCase);

    public ServiceEndpoint Next(string service, IReadOnlyList<ServiceEndpoint> endpoints)
    {
        if (endpoints.Count == 1)
            return endpoints[0];

        var turn = (uint)Interlocked.Increment(ref _turns.GetOrAdd(service, _ => new Counter()).Value);
        return endpoints[(int)(turn % (uint)endpoints.Count)];
    }

    private sealed class Counter
    {
        public int Value = -1;
    }
}
