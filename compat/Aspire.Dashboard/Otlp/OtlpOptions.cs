namespace Aspire.Dashboard.Otlp;

/// <summary>Who may send telemetry (<c>Dashboard:Otlp</c>).</summary>
internal sealed class OtlpOptions
{
    public const string Section = "Dashboard:Otlp";

    /// <summary><c>ApiKey</c> or <c>Unsecured</c>; when not given, <c>ApiKey</c> if there is a key.</summary>
    public string? AuthMode { get; set; }

    public string? PrimaryApiKey { get; set; }

    /// <summary>Also taken, for the time in which a key is changed.</summary>
    public string? SecondaryApiKey { get; set; }

    public bool IsOpen => AuthMode is null ? string.IsNullOrEmpty(PrimaryApiKey) : AuthMode == "Unsecured";
}
