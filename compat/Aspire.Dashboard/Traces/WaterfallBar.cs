using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Aspire.Dashboard.Shared;
using Microsoft.AspNetCore.Components;

namespace Aspire.Dashboard.Traces;

/// <summary>
/// Draws a row of the waterfall. There are thousands of them in one page, so they are written as text, and what they have
/// in common is in the style.
/// </summary>
internal static class WaterfallBar
{
    private const double NoRoomBehind = 0.8;

    public static MarkupString Of(WaterfallRow row)
    {
        var svg = new StringBuilder("<svg class=\"time\">");
        if (row.WaitedFrom is { } waited && waited < row.From)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"wait\" x1=\"{Format.Percent(waited)}\" x2=\"{Format.Percent(row.From)}\" y1=\"13\" y2=\"13\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Format.Percent(row.From)}\" width=\"{Format.Percent(row.Width)}\"/>");
        foreach (var (from, width) in row.Critical)
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"critical\" x=\"{Format.Percent(from)}\" width=\"{Format.Percent(width)}\"/>");
        foreach (var (at, name) in row.Events)
        {
            var (x, kind) = (Format.Percent(at), name == "exception" ? "event bad" : "event");
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{x}\" x2=\"{x}\" y1=\"6\" y2=\"20\"><title>{Title(name)}</title></line>");
        }

        foreach (var (at, record) in row.Logs)
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"log {LevelText.Class(record.Level)}\" cx=\"{Format.Percent(at)}\" cy=\"13\" r=\"3\"><title>{Title(record.Message)}</title></circle>");
        return new MarkupString(svg.Append(Label(row)).Append("</svg>").ToString());
    }

    private static string Title(string text) => HtmlEncoder.Default.Encode(Format.Cut(text));

    // Behind the bar; where there is no room, before it; where there is none either, within.
    private static string Label(WaterfallRow row)
    {
        var end = row.From + row.Width;
        var (at, place) = end < NoRoomBehind ? (end, null)
            : row.From > 1 - NoRoomBehind ? (row.WaitedFrom is { } waited ? Math.Min(waited, row.From) : row.From, " class=\"before\"")
            : (end, " class=\"inside\"");
        var unshown = row.UnshownMarks > 0 ? string.Create(CultureInfo.InvariantCulture, $" +{row.UnshownMarks} ●") : null;
        return $"<text{place} x=\"{Format.Percent(at)}\">{Format.Duration(row.Row.Span.Duration)}{unshown}</text>";
    }
}
