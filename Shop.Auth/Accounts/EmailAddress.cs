using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Shop.Auth.Accounts;

/// <summary>The one form in which an address is kept and compared: trimmed, lower case, the domain in ASCII.</summary>
internal static partial class EmailAddress
{
    public const int MaxLength = 254;

    private const int MaxLocalPartLength = 64;

    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        if (text is null || text.Length > MaxLength || text.Trim().Split('@') is not [{ Length: <= MaxLocalPartLength } local, var domain])
            return false;

        try
        {
            domain = new IdnMapping().GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return false; // Not a domain name.
        }

        var candidate = $"{local}@{domain}".ToLowerInvariant();
        if (candidate.Length > MaxLength || !Pattern().IsMatch(candidate))
            return false;
        address = candidate;
        return true;
    }

    [GeneratedRegex(@"^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
