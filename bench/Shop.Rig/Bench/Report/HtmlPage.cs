using System.Globalization;
using System.Net;
using System.Text;

namespace Shop.Rig.Bench.Report;

/// <summary>The results as one page that needs nothing else.</summary>
internal static class HtmlPage
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; color: #1d2330; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #e3e6ee; }
        td.n { text-align: right; font-variant-numeric: tabular-nums; } .ok { color: #14803c; } .bad { color: #c02626; }
        p.machine { color: #5a6478; } svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #5a6478; }
        """;

    public static string Render(Results results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop benchmark</title><style>{Style}</style></head>
            <body>
            <h1>Shop benchmark, {results.StartedAt:yyyy-MM-dd HH:mm} UTC</h1>
            <p class="machine">{Text(results.Machine.ToString())}</p>

            """);
        foreach (var group in results.Figures.GroupBy(figure => figure.Group))
            AppendTable(page, group.Key, group);
        foreach (var chart in results.Charts)
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(chart.Title)}</h2>\n{Svg.Bars(chart)}\n");
        foreach (var plot in results.Plots)
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(plot.Title)}</h2>\n{Svg.Lines(plot)}\n");
        AppendChecks(page, results.Checks);
        return page.Append("</body>\n</html>\n").ToString();
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private static void AppendTable(StringBuilder page, string title, IEnumerable<Figure> figures)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2>\n<table>\n");
        foreach (var figure in figures)
        {
            var mark = figure.Target?.IsMetBy(figure) switch { true => "ok", false => "bad", null => "" };
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{Text(figure.Name)}</td><td class=\"n\">{ConsoleTable.Number(figure.Value)}</td><td>{Text(figure.Unit)}</td>");
            page.Append(CultureInfo.InvariantCulture,
                $"<td>{Text(ConsoleTable.Compare(figure))}</td><td class=\"{mark}\">{Text(ConsoleTable.Judge(figure))}</td></tr>\n");
        }
        page.Append("</table>\n");
    }

    private static void AppendChecks(StringBuilder page, IReadOnlyList<Check> checks)
    {
        page.Append("<h2>Invariants</h2>\n<table>\n");
        foreach (var check in checks)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(check.Name)}</td><td class=\"n\">{Text(check.Actual)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td class=\"{(check.Holds ? "ok" : "bad")}\">{(check.Holds ? "✓" : $"✗ expected {Text(check.Expected)}")}</td></tr>\n");
        }
        page.Append("</table>\n");
    }
}
