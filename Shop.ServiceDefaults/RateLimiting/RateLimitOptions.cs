namespace Shop.ServiceDefaults.RateLimiting;

/// <summary>The bounds on how often one caller may call, from the configuration section <c>RateLimits</c>.</summary>
public sealed class RateLimitOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "RateLimits";

    /// <summary>Requests a second for each signed-in user, or for each address where nobody is signed in.</summary>
    public int PerSecond { get; set; } = 50;

    /// <summary>How many requests may come at once before <see cref="PerSecond"/> holds.</summary>
    public int Burst { get; set; } = 200;

    /// <summary>Requests a second for each other service of the shop.</summary>
    public int ServicePerSecond { get; set; } = 5_000;

    /// <summary>Attempts a minute, for each address, at endpoints that take a password or a code.</summary>
    public int CredentialsPerMinute { get; set; } = 20;
}
