namespace Aspire.Dashboard.Resources;

/// <summary>Where the AppHost tells about its resources (<c>Dashboard:ResourceServiceClient</c>).</summary>
internal sealed class ResourceServiceOptions
{
    public const string Section = "Dashboard:ResourceServiceClient";

    /// <summary>Without one the dashboard stands alone and shows telemetry only.</summary>
    public Uri? Url { get; set; }

    public string? ApiKey { get; set; }
}
