namespace Aspire.Dashboard.Login;

/// <summary>Who may see the pages (<c>Dashboard:Frontend</c>).</summary>
internal sealed class FrontendOptions
{
    public const string Section = "Dashboard:Frontend";

    /// <summary><c>BrowserToken</c> or <c>Unsecured</c>.</summary>
    public string AuthMode { get; set; } = "BrowserToken";

    /// <summary>What a browser shows to get in; made for this run when it is not given.</summary>
    public string? BrowserToken { get; set; }

    public bool IsOpen => AuthMode == "Unsecured";
}
