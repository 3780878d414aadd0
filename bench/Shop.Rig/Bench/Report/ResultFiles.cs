using System.Globalization;
using System.Text.Json;

namespace Shop.Rig.Bench.Report;

/// <summary>Writes <c>bench/results/</c>.</summary>
internal static class ResultFiles
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes the JSON and the page.</summary>
    /// <returns>The page's path.</returns>
    public static async Task<string> WriteAsync(Results results, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(FindRepository(), "bench", "results");
        Directory.CreateDirectory(directory);
        var name = Path.Combine(directory, results.StartedAt.ToString("yyyy-MM-dd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        await File.WriteAllTextAsync(name + ".json", JsonSerializer.Serialize(results, Json), cancellationToken);
        await File.WriteAllTextAsync(name + ".html", HtmlPage.Render(results), cancellationToken);
        return name + ".html";
    }

    private static string FindRepository()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Shop.sln")))
                return directory.FullName;
        }
        return Environment.CurrentDirectory;
    }
}
