namespace Aspire.Dashboard.Telemetry;

/// <summary>
/// The order in which log records are shown. Services send them in batches, so those of several services arrive out of the
/// order in which they were written. Of the same time, what arrived later comes later.
/// </summary>
internal static class LogOrder
{
    /// <summary>The last that was written comes first. To take the first few of many costs one look at each, not a sort of all.</summary>
    public static IEnumerable<LogRecord> NewestFirst(this IEnumerable<LogRecord> records) =>
        records.OrderByDescending(record => record.Time).ThenByDescending(record => record.Number);

    public static IEnumerable<LogRecord> OldestFirst(this IEnumerable<LogRecord> records) =>
        records.OrderBy(record => record.Time).ThenBy(record => record.Number);
}
