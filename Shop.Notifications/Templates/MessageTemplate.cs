using System.Net;
using System.Text.RegularExpressions;

namespace Shop.Notifications.Templates;

/// <summary>A message as a person reads it, ready to be sent.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain text, lines ending in LF.</param>
/// <param name="Html">The same as an HTML document.</param>
internal sealed record RenderedMessage(string Subject, string Text, string Html);

/// <summary>One message in one language; <c>Templates/README.md</c> describes the form.</summary>
internal sealed partial class MessageTemplate
{
    private const string SubjectPrefix = "Subject: ";

    private readonly string _language;
    private readonly string _subject;
    private readonly string[] _lines;

    private MessageTemplate(string language, string subject, string[] lines) => (_language, _subject, _lines) = (language, subject, lines);

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">It does not begin with a subject and an empty line.</exception>
    public static MessageTemplate Parse(string language, string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return lines.Length > 2 && lines[0].StartsWith(SubjectPrefix, StringComparison.Ordinal) && lines[1].Length == 0
            ? new MessageTemplate(language, lines[0][SubjectPrefix.Length..], lines[2..])
            : throw new FormatException($"A template begins with '{SubjectPrefix}…' and an empty line.");
    }

    /// <summary>Fills the template in.</summary>
    /// <returns>Null when the subject needs a value that is not given.</returns>
    public RenderedMessage? Render(IReadOnlyDictionary<string, string> values)
    {
        if (Fill(_subject, values) is not { } subject)
            return null;

        subject = LineBreaks().Replace(subject, " ");
        var paragraphs = Paragraphs(values);
        var body = string.Join('\n', paragraphs.Select(paragraph => $"<p>{Html(paragraph)}</p>"));
        return new RenderedMessage(subject, string.Join("\n\n", paragraphs) + "\n", $"""
            <!DOCTYPE html>
            <html lang="{_language}">
            <head><meta charset="utf-8"><title>{Html(subject)}</title></head>
            <body style="font-family:system-ui,sans-serif;max-width:36em;margin:2em auto;line-height:1.5;color:#222">
            {body}
            </body>
            </html>

            """.ReplaceLineEndings("\n"));
    }

    private List<string> Paragraphs(IReadOnlyDictionary<string, string> values)
    {
        List<string> paragraphs = [];
        List<string> current = [];
        foreach (var line in _lines.Append(""))
        {
            if (line.Length > 0)
            {
                if (Fill(line, values) is { } filled)
                    current.Add(filled);
            }
            else if (current.Count > 0)
            {
                paragraphs.Add(string.Join('\n', current));
                current.Clear();
            }
        }
        return paragraphs;
    }

    private static string? Fill(string line, IReadOnlyDictionary<string, string> values)
    {
        var complete = true;
        var filled = Placeholder().Replace(line, match =>
        {
            if (values.TryGetValue(match.Groups[1].Value, out var value) && value.Length > 0)
                return value;
            complete = false;
            return "";
        });
        return complete ? filled : null;
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"[\r\n]+")]
    private static partial Regex LineBreaks();
}
