using System.Reflection;

namespace Aspire.Hosting.Local;

/// <summary>What the build wrote into the AppHost's assembly.</summary>
internal static class AssemblyMetadata
{
    public const string AppHostProjectPath = "apphostprojectpath";
    public const string DashboardPath = "aspiredashboardpath";
    public const string UserSecretsId = "usersecretsid";

    public static string? Find(Assembly? assembly, string key) => assembly?
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => string.Equals(metadata.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
