using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Shop.Web.Admin.Messaging;

/// <summary>The addresses of the pages of messages; what is empty is left out.</summary>
internal static class MessageUrls
{
    public const string Overview = "/admin/messages";

    public static string List(string kind, string? service = null, string? state = null, string? group = null, string? search = null, int page = 1) =>
        Url($"{Overview}/{kind}", ("service", service), ("state", state), ("group", group), ("search", search), ("page", page == 1 ? null : Text(page)));

    public static string One(string kind, string service, Guid id) => $"{Overview}/{kind}/{service}/{id}";

    public static string Replay(string kind, string service, MessageChoice choice) =>
        Url($"{Overview}/replay", ("kind", kind), ("service", service), ("id", choice.Id?.ToString()), ("group", choice.Group));

    public static string Replayed(string kind, string service, Replay replay) =>
        Url($"{Overview}/{kind}", ("service", service), ("replayed", Text(replay.Replayed)), ("remaining", Text(replay.Remaining)));

    public static string NotReplayed(string kind, string service, string problem) =>
        Url($"{Overview}/{kind}", ("service", service), ("problem", problem));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Url(string path, params IEnumerable<(string Key, string? Value)> query) => QueryHelpers.AddQueryString(
        path, query.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));
}
