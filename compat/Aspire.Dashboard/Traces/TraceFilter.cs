using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Traces;

/// <summary>Which traces are looked for.</summary>
/// <param name="Text">
/// The id of the trace, or words that are all in it: in the name of a span, or the value of an attribute, such as the id of an order;
/// <c>key=part</c> and <c>key="value"</c> ask for an attribute.
/// </param>
/// <param name="Service">A service that took part.</param>
/// <param name="OnlyErrors">Whether something failed in it.</param>
/// <param name="Least">How long it took at least.</param>
internal sealed record TraceFilter(string? Text, string? Service, bool OnlyErrors, TimeSpan Least)
{
    private readonly TraceId? _id = TraceId.TryParse(Text?.Trim(), out var id) ? id : null;
    private readonly SearchWord[] _words = SearchWord.Read(Text);

    public bool Matches(Trace trace) =>
        (!OnlyErrors || trace.Errors > 0)
        && trace.Duration >= Least.TotalNanoseconds
        && (string.IsNullOrEmpty(Service) || trace.Services.ContainsKey(Service))
        && (_id is null ? Array.TrueForAll(_words, word => Has(trace, word)) : trace.Id == _id);

    private static bool Has(Trace trace, SearchWord word)
    {
        foreach (var span in trace.Spans)
        {
            if (word.Finds(span.Attributes, span.Name, span.StatusMessage))
                return true;
        }

        return false;
    }
}
