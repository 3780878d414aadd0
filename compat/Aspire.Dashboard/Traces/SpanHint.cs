using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Traces;

/// <summary>Says in a few words what a span with a plain name does.</summary>
internal static class SpanHint
{
    private const int Longest = 60;

    /// <summary>The begin of a statement, or where a request goes; nothing when the name says it all.</summary>
    public static string? Of(Span span)
    {
        if ((span.Attributes["db.query.text"] ?? span.Attributes["db.statement"]) is { } statement)
            return Format.Cut(string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), Longest);
        return span.Kind == SpanKind.Client && Uri.TryCreate(span.Attributes["url.full"] ?? span.Attributes["http.url"], UriKind.Absolute, out var url)
            ? Format.Cut(url.Host + url.AbsolutePath, Longest)
            : null;
    }
}
