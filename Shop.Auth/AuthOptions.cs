using System.ComponentModel.DataAnnotations;
using Shop.Auth.Clients;

namespace Shop.Auth;

/// <summary>What Auth itself is told by configuration; the section is shared with the settings every service checks tokens by.</summary>
internal sealed class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    private const int MinSecretLength = 20;

    /// <summary>How long an access token is good for.</summary>
    [Range(1, 24 * 60)]
    public int AccessTokenMinutes { get; set; } = 15;

    /// <summary>How long a session lives after its last refresh.</summary>
    [Range(1, 365)]
    public int RefreshTokenDays { get; set; } = 30;

    /// <summary>What the private signing keys are encrypted with in the database: a long random text.</summary>
    public string KeyEncryptionKey { get; set; } = "";

    /// <summary>The first administrator; created when missing, never changed afterwards.</summary>
    public AccountSeed Admin { get; set; } = new();

    /// <summary>The demo users, in Development only.</summary>
    public DemoSeed Demo { get; set; } = new();

    /// <summary>The services that sign in with their own credentials, by name.</summary>
    public Dictionary<string, ClientSecret> Clients { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyEncryptionKey.Length < MinSecretLength)
            yield return new ValidationResult($"Auth:KeyEncryptionKey must have at least {MinSecretLength} characters.");
        if (Admin is { Email.Length: > 0, Password.Length: 0 } or { Email.Length: 0, Password.Length: > 0 })
            yield return new ValidationResult("Auth:Admin needs both Email and Password.");
        foreach (var unknown in Clients.Keys.Except(ServiceClients.Names))
            yield return new ValidationResult($"Auth:Clients:{unknown}: there is no such service. The services are {string.Join(", ", ServiceClients.Names)}.");
        foreach (var (client, _) in Clients.Where(client => client.Value.Secret.Length < MinSecretLength))
            yield return new ValidationResult($"Auth:Clients:{client}:Secret must have at least {MinSecretLength} characters.");
    }

    internal sealed class AccountSeed
    {
        public string Email { get; set; } = "";

        public string Password { get; set; } = "";
    }

    internal sealed class ClientSecret
    {
        public string Secret { get; set; } = "";
    }

    internal sealed class DemoSeed
    {
        public string Password { get; set; } = "";
    }
}
