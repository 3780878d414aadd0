using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Traces;

/// <summary>Which traces are looked for.</summary>
/// <param name="Text">Somewhere in the trace: its id, the name of a span, or the value of an attribute, such as the id of an order.</param>
/// <param name="Service">A service that took part.</param>
/// <param name="OnlyErrors">Whether something failed in it.</param>
/// <param name="Least">How long it took at least.</param>
internal sealed record TraceFilter(string? Text, string? Service, bool OnlyErrors, TimeSpan Least)
{
    public bool Matches(Trace trace) =>
        (!OnlyErrors || trace.Errors > 0)
        && trace.Duration >= Least.TotalNanoseconds
        && (string.IsNullOrEmpty(Service) || trace.Services.ContainsKey(Service))
        && (string.IsNullOrWhiteSpace(Text) || HasText(trace, Text.Trim()));

    private static bool HasText(Trace trace, string text)
    {
        if (TraceId.TryParse(text, out var id))
            return trace.Id == id;

        foreach (var span in trace.Spans)
        {
            if (span.Name.Contains(text, StringComparison.OrdinalIgnoreCase) || span.StatusMessage.Contains(text, StringComparison.OrdinalIgnoreCase))
                return true;
            foreach (var (_, value) in span.Attributes)
            {
                if (value.Contains(text, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }
}
