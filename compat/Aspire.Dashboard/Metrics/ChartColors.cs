namespace Aspire.Dashboard.Metrics;

/// <summary>The classes of the colours of lines. What goes well or wrong in the shop has the colour of that wherever it is drawn.</summary>
internal static class ChartColors
{
    private const int Count = 10; // As many as the style has.

    private static readonly Dictionary<string, string> Known = new()
    {
        ["pending"] = "c4",
        ["awaiting_payment"] = "c6",
        ["paid"] = "c1",
        ["confirmed"] = "c5",
        ["captured"] = "c5",
        ["sent"] = "c5",
        ["reserved"] = "c5",
        ["hit"] = "c5",
        ["failed"] = "c8",
        ["out_of_stock"] = "c8",
        ["miss"] = "c8",
        ["cancelled"] = "c9",
        ["expired"] = "c7",
        ["retried"] = "c7",
        ["refunded"] = "c3",
        ["p50"] = "c0",
        ["p90"] = "c2",
        ["p99"] = "c3",
        [Chart.Others] = "c9",
    };

    /// <summary>The colour of the line at a place.</summary>
    public static string Of(string name, int place) => Known.GetValueOrDefault(name) ?? $"c{place % Count}";
}
