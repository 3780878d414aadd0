using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace Aspire.Dashboard.Shared;

/// <summary>The style, the script and the pictures, which are in the assembly. Their addresses change with their content, so browsers keep them.</summary>
internal static class AssetFiles
{
    private const string CacheForEver = "public, max-age=31536000, immutable";

    private static readonly FileExtensionContentTypeProvider Types = new();
    private static readonly Dictionary<string, Asset> ByName = Read("dashboard.css", "dashboard.js", "favicon.svg");
    private static readonly Dictionary<string, Asset> ByUrl = ByName.Values.ToDictionary(asset => asset.Url);

    /// <summary>The address of a file.</summary>
    public static string Url(string name) => ByName[name].Url;

    public static void MapAssets(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/assets/{version}/{name}", (HttpContext context) =>
        {
            if (!ByUrl.TryGetValue(context.Request.Path.Value!, out var asset))
                return Results.NotFound();
            context.Response.Headers.CacheControl = CacheForEver;
            return Results.Bytes(asset.Content, asset.Type);
        }).AllowAnonymous();

    private static Dictionary<string, Asset> Read(params ReadOnlySpan<string> names)
    {
        var assets = new Dictionary<string, Asset>();
        foreach (var name in names)
        {
            using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var version = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
            assets[name] = new Asset($"/assets/{version}/{name}", Types.Mappings[Path.GetExtension(name)], content);
        }

        return assets;
    }

    private sealed record Asset(string Url, string Type, byte[] Content);
}
