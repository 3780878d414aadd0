using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace Shop.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps statements to PostgreSQL and Redis that no request and no message caused from being exported: the polling of relays,
/// cleanups and the like would be a trace per statement, and so would a health check, whose request is not exported. Not a sampler,
/// which is not told the source, and whose decision would reach what is called.
/// </summary>
internal sealed class UnparentedStatements : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Sources = FrozenSet.Create("Npgsql", "OpenTelemetry.Instrumentation.StackExchangeRedis");

    // Asked by health checks alone. Redis' spans are made afterwards, from the ids of their parents, and cannot tell whether those are exported.
    private const string Ping = "PING";

    public override void OnEnd(Activity data)
    {
        if (Sources.Contains(data.Source.Name) && (data.ParentSpanId == default || data.Parent is { Recorded: false } || data.DisplayName == Ping))
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
