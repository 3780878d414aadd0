using System.Globalization;
using Shop.ServiceDefaults.Http;

namespace Shop.Web.Api;

/// <summary>The number of a list's page, as it stands in an address that anybody may have typed.</summary>
internal static class PageNumber
{
    /// <summary>The number; 1 for what is none, and the bound of all lists for what is beyond.</summary>
    public static int Of(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, Paging.MaxPage) : 1;
}
