using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Local;

/// <summary>How the local runner works; what the real package reads from DCP's configuration, and where data is.</summary>
internal sealed record LocalSettings
{
    public const string DataDirectoryKey = "LocalServers:DataDirectory";
    public const string ThrowAwayDataKey = "LocalServers:ThrowAwayData";
    public const string RandomizePortsKey = "DcpPublisher:RandomizePorts";

    /// <summary>The dashboard's assembly, when not the one that was built with the AppHost.</summary>
    public const string DashboardPathKey = "DcpPublisher:DashboardPath";

    /// <summary>Where servers keep their data: one directory per volume.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Whether the data directory is deleted at the end.</summary>
    public required bool ThrowAwayData { get; init; }

    /// <summary>Whether declared ports are ignored.</summary>
    public required bool RandomizePorts { get; init; }

    /// <summary>Whether the dashboard is started.</summary>
    public required bool HasDashboard { get; init; }

    public static LocalSettings Read(IConfiguration configuration, string appHostDirectory, DistributedApplicationOptions options, bool hasDashboard)
    {
        var throwAway = configuration.GetValue(ThrowAwayDataKey, defaultValue: false);
        return new LocalSettings
        {
            ThrowAwayData = throwAway,
            DataDirectory = configuration[DataDirectoryKey] is { Length: > 0 } configured ? Path.GetFullPath(configured, appHostDirectory)
                : throwAway ? Path.Combine(Path.GetTempPath(), $"shop-{Guid.NewGuid():N}")
                : Path.Combine(SolutionDirectory(appHostDirectory), ".shop"),
            RandomizePorts = configuration.GetValue(RandomizePortsKey, defaultValue: false),
            HasDashboard = hasDashboard && !options.DisableDashboard,
        };
    }

    private static string SolutionDirectory(string appHostDirectory)
    {
        for (var directory = new DirectoryInfo(appHostDirectory); directory is not null; directory = directory.Parent)
        {
            if (directory.EnumerateFiles("*.sln*").Any(file => file.Extension is ".sln" or ".slnx"))
                return directory.FullName;
        }

        return appHostDirectory;
    }
}
