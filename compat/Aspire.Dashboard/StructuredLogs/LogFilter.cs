using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.StructuredLogs;

/// <summary>Which log records are looked for.</summary>
/// <param name="Text">
/// Words that are all in the message, the category or an attribute; <c>key=part</c> and <c>key="value"</c> ask for an attribute.
/// </param>
/// <param name="Service">Who wrote them.</param>
/// <param name="Least">The least level.</param>
/// <param name="Trace">The trace they belong to.</param>
internal sealed record LogFilter(string? Text, string? Service, LogLevel Least, TraceId Trace)
{
    private readonly SearchWord[] _words = SearchWord.Read(Text);

    public bool Matches(LogRecord record) =>
        record.Level >= Least
        && (string.IsNullOrEmpty(Service) || record.Resource.Service == Service)
        && (Trace == default || record.TraceId == Trace)
        && Array.TrueForAll(_words, word => word.Finds(record.Attributes, record.Message, record.Category));
}
