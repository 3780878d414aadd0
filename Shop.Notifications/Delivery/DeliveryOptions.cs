using System.ComponentModel.DataAnnotations;
using Shop.Notifications.Email;

namespace Shop.Notifications.Delivery;

/// <summary>The bounds of delivery, from the configuration section <c>Delivery</c>.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>Messages sent at a time by one replica.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>How long an attempt keeps others away; longer than the sender's own timeout.</summary>
    [Range(30, 3_600)]
    public int LeaseSeconds { get; set; } = 60;

    /// <summary>Attempts before a message counts as failed.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The wait after the first failed attempt, in seconds; it doubles with each further one, up to 15 minutes.</summary>
    [Range(1, 900)]
    public int FirstRetrySeconds { get; set; } = 5;

    /// <summary>How often due messages are looked for when no signal comes, in seconds.</summary>
    [Range(1, 600)]
    public int PollSeconds { get; set; } = 5;

    /// <summary>How long an attempt keeps others away.</summary>
    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <summary>Messages taken at a time: as many as are surely sent, or given up, in half a lease.</summary>
    public int BatchSize => Concurrency * Math.Max(1, LeaseSeconds / 2 / SmtpOptions.LongestTimeoutSeconds);

    /// <summary>The wait after this attempt.</summary>
    public TimeSpan RetryDelay(int attempt)
    {
        const double LongestSeconds = 15 * 60;
        return TimeSpan.FromSeconds(Math.Min(FirstRetrySeconds * Math.Pow(2, Math.Clamp(attempt - 1, 0, 30)), LongestSeconds));
    }
}
