using Aspire.ResourceService;

namespace Aspire.Dashboard.Resources;

/// <summary>How the state of a resource is shown.</summary>
internal static class ResourceView
{
    // In the order in which a reader looks for them; what is not named here comes last.
    private static readonly string[] Order = ["Project", "Executable"];

    public static bool IsParameter(this ResourceState resource) => resource.Type is "Parameter" or "ConnectionString";

    /// <summary>Whether its name, type or state has a text in it; everything has no text.</summary>
    public static bool IsFound(this ResourceState resource, string? text) => string.IsNullOrWhiteSpace(text)
        || Array.Exists([resource.Id, resource.Type, resource.State], part => part.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it has a process of its own.</summary>
    public static bool HasProcess(this ResourceState resource) => resource.Commands.Count > 0;

    public static IEnumerable<ResourceState> Sorted(this IEnumerable<ResourceState> resources) => resources
        .OrderBy(resource => resource.HasProcess() ? Math.Max(0, Array.IndexOf(Order, resource.Type) < 0 ? Order.Length : Array.IndexOf(Order, resource.Type)) : Order.Length + 1)
        .ThenBy(resource => resource.Name, StringComparer.OrdinalIgnoreCase)
        .ThenBy(resource => resource.Id, StringComparer.Ordinal);

    /// <summary>The class of its colour: <c>good</c>, <c>warn</c>, <c>bad</c>, or <c>quiet</c>.</summary>
    public static string Tone(this ResourceState resource) => resource switch
    {
        { State: "Running", Health: null or "Healthy" } => "good",
        { State: "Running", Health: "Degraded" } => "warn",
        { State: "Running" } => "bad",
        { State: "Starting" or "Waiting" or "Stopping" } => "warn",
        { State: "Exited" or "FailedToStart" or "ValueMissing" } => "bad",
        _ => "quiet",
    };

    /// <summary>What the check says that is not well, if any.</summary>
    public static string? Complaint(this ResourceState resource) =>
        resource.State == "Running" ? resource.Checks.FirstOrDefault(check => check.Status is not "Healthy")?.Text : null;
}
