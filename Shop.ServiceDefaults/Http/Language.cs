using Microsoft.AspNetCore.Http;

namespace Shop.ServiceDefaults.Http;

/// <summary>
/// A language the shop speaks. As a parameter of a minimal-API endpoint it is the one that <c>Accept-Language</c>
/// asks for most, and Russian when it asks for none of them.
/// </summary>
public sealed class Language
{
    /// <summary>Russian, the default.</summary>
    public static readonly Language Russian = new("ru");

    /// <summary>English.</summary>
    public static readonly Language English = new("en");

    private Language(string code) => Code = code;

    /// <summary><c>ru</c> or <c>en</c>.</summary>
    public string Code { get; }

    /// <summary>The language of a tag such as <c>en</c> or <c>en-GB</c>; null when the shop does not speak it.</summary>
    public static Language? Find(string? tag) => tag?.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "ru" => Russian,
        "en" => English,
        _ => null,
    };

    /// <summary>The language of a tag, or Russian.</summary>
    public static Language Of(string? tag) => Find(tag) ?? Russian;

    /// <summary>Reads <c>Accept-Language</c>.</summary>
    public static ValueTask<Language?> BindAsync(HttpContext context) => ValueTask.FromResult<Language?>(
        context.Request.GetTypedHeaders().AcceptLanguage
            .Where(accepted => accepted.Quality != 0)
            .OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(accepted => Find(accepted.Value.Value))
            .FirstOrDefault(language => language is not null) ?? Russian);

    /// <summary>The text in this language.</summary>
    public string Choose(string russian, string english) => this == English ? english : russian;

    /// <summary>Says which language the answer is in, and that it depends on the request.</summary>
    public void WriteHeaders(HttpResponse response)
    {
        response.Headers.ContentLanguage = Code;
        response.Headers.Append("Vary", "Accept-Language");
    }
}
