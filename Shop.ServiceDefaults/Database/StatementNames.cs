using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Npgsql;

namespace Shop.ServiceDefaults.Database;

/// <summary>
/// Names the span of a statement by what it does, as OpenTelemetry's conventions have it: <c>UPDATE outbox</c>. Npgsql's own name is
/// that of the database, the same for all.
/// </summary>
internal static partial class StatementNames
{
    /// <summary>Names that are remembered; a service has fewer statements, and what it builds by hand must not fill the memory.</summary>
    private const int MaxRemembered = 1000;

    /// <summary>Parts of a name; a batch of more is cut.</summary>
    private const int MaxParts = 3;

    private static readonly ConcurrentDictionary<string, string> Remembered = [];

    public static void ConfigureSpanNames(this NpgsqlDataSourceBuilder builder) => builder.ConfigureTracing(tracing => tracing
        .ConfigureCommandSpanNameProvider(command => Of(command.CommandText))
        .ConfigureBatchSpanNameProvider(batch => Join(batch.BatchCommands.Cast<NpgsqlBatchCommand>().Select(command => Of(command.CommandText))))
        .EnableFirstResponseEvent(enable: false));

    /// <summary>The name of a statement, or of several in one text.</summary>
    public static string Of(string sql)
    {
        if (Remembered.TryGetValue(sql, out var known))
            return known;

        var names = Operation().Matches(sql).Select(match => $"{Verb(match)} {match.Groups["table"].Value}").ToList();
        var name = names.Count > 0 ? Join(names) : FirstWord().Match(sql).Value.ToUpperInvariant();
        if (Remembered.Count < MaxRemembered)
            Remembered.TryAdd(sql, name);
        return name;
    }

    private static string Verb(Match match) => (match.Groups["verb"].Success ? match.Groups["verb"].Value : "SELECT").ToUpperInvariant();

    private static string Join(IEnumerable<string> names)
    {
        var distinct = names.Distinct().Take(MaxParts + 1).ToList();
        return distinct.Count > MaxParts ? string.Join("; ", distinct.Take(MaxParts)) + "; …" : string.Join("; ", distinct);
    }

    // "FOR UPDATE" and "DO UPDATE" are no statements, and what DELETE deletes from is not read.
    [GeneratedRegex("""
        \b(?:(?<verb>INSERT)\s+INTO|(?<verb>DELETE)\s+FROM|(?<!\b(?:FOR|KEY|DO)\s+)(?<verb>UPDATE)|(?<!\bDELETE\s+)FROM)\s+(?:ONLY\s+)?"?(?:\w+"?\."?)?(?<table>[a-z_]\w*)
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Operation();

    [GeneratedRegex(@"\w+")]
    private static partial Regex FirstWord();
}
