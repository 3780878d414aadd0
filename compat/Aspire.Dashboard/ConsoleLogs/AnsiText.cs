using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Aspire.Dashboard.ConsoleLogs;

/// <summary>Turns what programs write for a terminal into HTML: colours and bold become classes, other escapes are left out.</summary>
internal static partial class AnsiText
{
    /// <summary>The line as HTML; nothing in it but text and <c>span</c>.</summary>
    public static string ToHtml(string line)
    {
        if (!line.Contains('\e', StringComparison.Ordinal))
            return HtmlEncoder.Default.Encode(line);

        var html = new StringBuilder(line.Length + 32);
        var style = new Style();
        var isOpen = false;
        var at = 0;
        foreach (Match escape in Escapes().Matches(line))
        {
            html.Append(HtmlEncoder.Default.Encode(line[at..escape.Index]));
            at = escape.Index + escape.Length;
            if (!escape.Groups["codes"].Success)
                continue;

            style = style.With(escape.Groups["codes"].Value);
            if (isOpen)
                html.Append("</span>");
            isOpen = style.Classes.Length > 0;
            if (isOpen)
                html.Append("<span class=\"").Append(style.Classes).Append("\">");
        }

        html.Append(HtmlEncoder.Default.Encode(line[at..]));
        return (isOpen ? html.Append("</span>") : html).ToString();
    }

    /// <summary>The line without escapes.</summary>
    public static string Strip(string line) => Escapes().Replace(line, "");

    [GeneratedRegex(@"\e\[(?:(?<codes>[0-9;]*)m|[0-9;?]*[A-Za-ln-z])|\e\][^\a\e]*(?:\a|\e\\)|\e.?")]
    private static partial Regex Escapes();

    private readonly record struct Style(int? Foreground, bool IsBold)
    {
        public string Classes => (Foreground, IsBold) switch
        {
            (null, false) => "",
            (null, true) => "ab",
            ({ } color, false) => $"a{color}",
            ({ } color, true) => $"a{color} ab",
        };

        public Style With(string codes)
        {
            var style = this;
            foreach (var code in codes.Split(';'))
            {
                style = code switch
                {
                    "" or "0" => default,
                    "1" => style with { IsBold = true },
                    "22" => style with { IsBold = false },
                    "39" => style with { Foreground = null },
                    ['3', >= '0' and <= '7'] => style with { Foreground = code[1] - '0' },
                    ['9', >= '0' and <= '7'] => style with { Foreground = code[1] - '0' },
                    _ => style,
                };
            }

            return style;
        }
    }
}
