using System.Text;

namespace Aspire.Dashboard.Shared;

/// <summary>Makes the addresses of pages: what is chosen is in them, so that they can be kept and sent.</summary>
internal static class QueryText
{
    /// <summary>The path with those parameters that have a value.</summary>
    public static string Url(string path, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var url = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (value?.ToString() is not { Length: > 0 } text)
                continue;

            url.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(text));
            separator = '&';
        }

        return url.ToString();
    }
}
