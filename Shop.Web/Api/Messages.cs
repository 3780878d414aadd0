using System.Globalization;
using Microsoft.Extensions.Localization;
using Shop.Web.Localization;

namespace Shop.Web.Api;

/// <summary>Says to a person, in the person's language, what a service said to us.</summary>
internal static class Messages
{
    private const string Prefix = "error_";

    public static string Of(ApiException problem, IStringLocalizer<Texts> texts) =>
        Find(problem.Key, texts) ?? Find(problem.Status.ToString(CultureInfo.InvariantCulture), texts) ?? texts[$"{Prefix}500"];

    /// <param name="key">An <see cref="ApiException.Key"/> that went through an address, so perhaps anything.</param>
    /// <param name="texts">The texts.</param>
    public static string OfKey(string key, IStringLocalizer<Texts> texts) => Find(key, texts) ?? texts[$"{Prefix}500"];

    private static string? Find(string key, IStringLocalizer<Texts> texts) =>
        texts[Prefix + key] is { ResourceNotFound: false } text ? text.Value : null;
}
