using Aspire.Hosting.ApplicationModel;
using Shop.AppHost.LocalServers;

namespace Shop.Rig.Setup;

/// <summary>What the application knows of a copy of a resource.</summary>
internal static class Snapshots
{
    // Aspire writes the name of this property in its own code only.
    private const string Pid = "executable.pid";
    private const string Urls = "ASPNETCORE_URLS";

    /// <summary>
    /// Whether this is of something that runs. A server is known twice, by the same name: as it was declared, and as the process
    /// in its place.
    /// </summary>
    public static bool IsOfProcess(this ResourceEvent change) => change.Resource is ProjectResource or ServerProcess;

    /// <summary>The process that the orchestrator has started; null before it has.</summary>
    public static int? ProcessId(this CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == Pid)?.Value as int?;

    /// <summary>Where this very copy of a service listens, past the orchestrator's proxy.</summary>
    public static Uri OwnAddress(this CustomResourceSnapshot snapshot) =>
        new(snapshot.EnvironmentVariables.First(variable => variable.Name == Urls).Value!);
}
