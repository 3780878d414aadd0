namespace Shop.Web.Account;

/// <summary>Where to go next, when a form or a link says so: only within the shop.</summary>
internal static class LocalUrl
{
    public static string Of(string? url) =>
        url is ['/', not ('/' or '\\'), ..] or "/" && !url.Any(char.IsControl) ? url : "/";
}
