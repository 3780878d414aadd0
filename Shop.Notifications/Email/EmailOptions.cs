using System.ComponentModel.DataAnnotations;

namespace Shop.Notifications.Email;

/// <summary>The mail server, from the configuration section <c>Smtp</c>.</summary>
internal sealed class SmtpOptions
{
    public const string Section = "Smtp";

    /// <summary>The most that <see cref="TimeoutSeconds"/> may be.</summary>
    public const int LongestTimeoutSeconds = 7;

    /// <summary>The server's name; without one, messages go into a folder.</summary>
    public string? Host { get; set; }

    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    public string? UserName { get; set; }

    public string? Password { get; set; }

    /// <summary>Whether to insist on STARTTLS.</summary>
    public bool Tls { get; set; } = true;

    /// <summary>
    /// How long one message may take, in seconds: shorter than callers wait for <c>POST /notifications/send</c> (orders: 9 s),
    /// who would else undo an order whose message still goes out, and than the delivery's lease.
    /// </summary>
    [Range(1, LongestTimeoutSeconds)]
    public int TimeoutSeconds { get; set; } = 6;
}

/// <summary>What all e-mails have in common, from the configuration section <c>Notifications</c>.</summary>
internal sealed class EmailOptions : IValidatableObject
{
    public const string Section = "Notifications";

    /// <summary>The sender: an address, or a name and an address in angle brackets.</summary>
    [Required]
    public string From { get; set; } = "Shop <noreply@shop.localhost>";

    /// <summary>The folder for messages when there is no mail server; relative to the service's own folder.</summary>
    [Required]
    public string PickupDirectory { get; set; } = "../.shop/mail";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!System.Net.Mail.MailAddress.TryCreate(From, out _))
            yield return new ValidationResult("Notifications:From is no e-mail address.", [nameof(From)]);
    }
}
