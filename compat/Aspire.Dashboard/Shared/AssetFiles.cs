using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace Aspire.Dashboard.Shared;

/// <summary>
/// The style, the scripts and the pictures, which are in the assembly. Their addresses change with their content, so browsers keep them:
/// with that of all, as one script names another by its place beside it.
/// </summary>
internal static class AssetFiles
{
    private const string CacheForEver = "public, max-age=31536000, immutable";

    private static readonly FileExtensionContentTypeProvider Types = new();
    private static readonly Dictionary<string, Asset> ByName =
        new[] { "dashboard.css", "favicon.svg", "theme.js", "dashboard.js", "times.js", "tip.js", "waterfall.js" }.ToDictionary(name => name, Read);
    private static readonly string Version = Convert.ToHexStringLower(SHA256.HashData([.. ByName.Values.SelectMany(asset => asset.Content)]))[..12];

    /// <summary>The address of a file.</summary>
    public static string Url(string name) => $"/assets/{Version}/{name}";

    public static void MapAssets(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet($"/assets/{Version}/{{name}}", (string name, HttpResponse response) =>
        {
            if (!ByName.TryGetValue(name, out var asset))
                return Results.NotFound();
            response.Headers.CacheControl = CacheForEver;
            return Results.Bytes(asset.Content, asset.Type);
        }).AllowAnonymous();

    private static Asset Read(string name)
    {
        using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new Asset(Types.Mappings[Path.GetExtension(name)], content);
    }

    private sealed record Asset(string Type, byte[] Content);
}
