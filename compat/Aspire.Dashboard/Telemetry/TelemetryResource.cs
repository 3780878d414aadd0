namespace Aspire.Dashboard.Telemetry;

/// <summary>Who sent telemetry: one running copy of a service.</summary>
/// <param name="Service">The attribute <c>service.name</c>.</param>
/// <param name="Instance">The attribute <c>service.instance.id</c>, or nothing.</param>
public sealed record TelemetryResource(string Service, string Instance)
{
    /// <summary>The name that the AppHost gives to a copy.</summary>
    public string Id => Instance.Length == 0 ? Service : $"{Service}-{Instance}";
}
