using System.Globalization;
using System.Text;

namespace Shop.Rig.Bench.Report;

/// <summary>Draws plots.</summary>
internal static class Svg
{
    private const double Width = 900;
    private const double Height = 320;
    private const double Left = 70;
    private const double Right = 20;
    private const double Top = 34;
    private const double Bottom = 46;
    private const int Ticks = 5;
    private static readonly string[] Colours = ["#2456c9", "#d9622b", "#14803c", "#8a3fc2"];

    public static string Bars(BarChart chart)
    {
        const double BarHeight = 22;
        const double Label = 220;
        const double Value = 110;
        var height = chart.Bars.Count * BarHeight + 6;
        var most = Math.Max(chart.Bars.Max(bar => bar.Value), double.Epsilon);
        var svg = Open(height);
        for (var i = 0; i < chart.Bars.Count; i++)
        {
            var bar = chart.Bars[i];
            var y = i * BarHeight + 4;
            var width = (Width - Label - Value) * bar.Value / most;
            Append(svg, $"""<text x="{Label - 8}" y="{y + 13}" text-anchor="end">{HtmlPage.Text(bar.Name)}</text>""");
            Append(svg, $"""<rect x="{Label}" y="{y}" width="{width:0.#}" height="{BarHeight - 6}" fill="{Colours[0]}"/>""");
            Append(svg, $"""<text x="{Label + width + 6:0.#}" y="{y + 13}">{ConsoleTable.Number(bar.Value)} {HtmlPage.Text(chart.Unit)}</text>""");
        }
        return svg.Append("</svg>").ToString();
    }

    public static string Lines(Plot plot)
    {
        var points = plot.Lines.SelectMany(line => line.Points).ToList();
        var (maxX, maxY) = (Round(points.Max(point => point.X)), Round(points.Max(point => point.Y)));
        double X(double x) => Left + (Width - Left - Right) * x / maxX;
        double Y(double y) => Height - Bottom - (Height - Top - Bottom) * y / maxY;

        var svg = Open(Height);
        for (var i = 0; i <= Ticks; i++)
        {
            var (x, y) = (maxX * i / Ticks, maxY * i / Ticks);
            Append(svg, $"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(y):0.#}" y2="{Y(y):0.#}" stroke="#e3e6ee"/>""");
            Append(svg, $"""<text x="{Left - 8}" y="{Y(y) + 4:0.#}" text-anchor="end">{y:0.##}</text>""");
            Append(svg, $"""<text x="{X(x):0.#}" y="{Height - Bottom + 18}" text-anchor="middle">{x:0.##}</text>""");
        }
        Append(svg, $"""<text x="{Width / 2}" y="{Height - 8}" text-anchor="middle">{HtmlPage.Text(plot.XLabel)}</text>""");
        Append(svg, $"""<text x="{Left}" y="14">{HtmlPage.Text(plot.YLabel)}</text>""");

        for (var i = 0; i < plot.Lines.Count; i++)
        {
            var line = plot.Lines[i];
            var colour = Colours[i % Colours.Length];
            var path = string.Join(' ', line.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}")));
            Append(svg, $"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>""");
            Append(svg, $"""<text x="{Width - Right - 150 * (plot.Lines.Count - i)}" y="14" style="fill:{colour}">{HtmlPage.Text(line.Name)}</text>""");
        }
        return svg.Append("</svg>").ToString();
    }

    private static StringBuilder Open(double height) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"""<svg viewBox="0 0 {Width} {height}" role="img">""");

    private static void Append(StringBuilder svg, FormattableString element) => svg.Append('\n').Append(element.ToString(CultureInfo.InvariantCulture));

    /// <summary>The next number that divides well.</summary>
    private static double Round(double value)
    {
        if (value <= 0)
            return 1;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 2, 2.5, 5, 10 }.First(step => step * unit >= value) * unit;
    }
}
