using Aspire.Hosting.ApplicationModel;

namespace Shop.Rig.Setup;

/// <summary>What the application knows of a copy of a resource.</summary>
internal static class Snapshots
{
    // Aspire writes the name of this property in its own code only.
    private const string Pid = "executable.pid";

    /// <summary>The process that the orchestrator has started; null before it has.</summary>
    public static int? ProcessId(this CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == Pid)?.Value as int?;
}
