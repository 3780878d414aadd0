using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Local;

/// <summary>The launch profile that a project is started with.</summary>
internal sealed record LaunchProfile(string Name, IReadOnlyList<Uri> ApplicationUrls, IReadOnlyDictionary<string, string> Variables, string? Arguments)
    : IResourceAnnotation;

/// <summary>Reads <c>Properties/launchSettings.json</c>.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Chooses the profile: the named one, else the AppHost's own, else the first that starts a process.</summary>
    public static LaunchProfile? Select(string projectPath, string? name, string? appHostProfile)
    {
        var profiles = Read(projectPath);
        if (name is not null)
            return profiles.FirstOrDefault(profile => profile.Name == name)?.Value
                ?? throw new DistributedApplicationException($"The launch profile '{name}' was not found in the launch settings of {projectPath}.");

        return (profiles.FirstOrDefault(profile => profile.Name == appHostProfile)
            ?? profiles.FirstOrDefault(profile => profile.StartsProcess))?.Value;
    }

    /// <summary>The variables of the named, or first, profile of the project in a directory.</summary>
    public static LaunchProfile? OfAppHost(string directory, string? name)
    {
        var profiles = Read(Path.Combine(directory, "any.csproj"));
        return (name is null ? profiles.FirstOrDefault() : profiles.FirstOrDefault(profile => profile.Name == name))?.Value;
    }

    private static List<Candidate> Read(string projectPath)
    {
        var path = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(path))
            return [];

        try
        {
            var settings = JsonSerializer.Deserialize<Settings>(File.ReadAllText(path), Json);
            return [.. (settings?.Profiles ?? []).Select(profile => new Candidate(
                profile.Key,
                profile.Value.CommandName is "Project" or "Executable",
                new LaunchProfile(
                    profile.Key,
                    [.. (profile.Value.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => new Uri(url))],
                    profile.Value.EnvironmentVariables ?? [],
                    profile.Value.CommandLineArgs)))];
        }
        catch (Exception exception) when (exception is JsonException or UriFormatException)
        {
            throw new DistributedApplicationException($"The launch settings in {path} cannot be read: {exception.Message}", exception);
        }
    }

    private sealed record Candidate(string Name, bool StartsProcess, LaunchProfile Value);

    private sealed record Settings(Dictionary<string, Profile>? Profiles);

    private sealed record Profile(string? CommandName, string? ApplicationUrl, string? CommandLineArgs, Dictionary<string, string>? EnvironmentVariables);
}
