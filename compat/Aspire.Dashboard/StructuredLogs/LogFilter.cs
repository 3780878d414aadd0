using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.StructuredLogs;

/// <summary>Which log records are looked for.</summary>
/// <param name="Text">
/// Words that are all in the message, the category or an attribute; <c>key=value</c> asks for an attribute with that value.
/// </param>
/// <param name="Service">Who wrote them.</param>
/// <param name="Least">The least level.</param>
/// <param name="Trace">The trace they belong to.</param>
internal sealed record LogFilter(string? Text, string? Service, LogLevel Least, TraceId Trace)
{
    private readonly string[] _words = (Text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public bool Matches(LogRecord record) =>
        record.Level >= Least
        && (string.IsNullOrEmpty(Service) || record.Resource.Service == Service)
        && (Trace == default || record.TraceId == Trace)
        && Array.TrueForAll(_words, word => Has(record, word));

    private static bool Has(LogRecord record, string word)
    {
        if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign && record.Attributes[word[..sign]] is { } given)
            return given.Contains(word[(sign + 1)..], StringComparison.OrdinalIgnoreCase);

        return record.Message.Contains(word, StringComparison.OrdinalIgnoreCase)
            || record.Category.Contains(word, StringComparison.OrdinalIgnoreCase)
            || record.Attributes.Any(attribute => attribute.Value.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
