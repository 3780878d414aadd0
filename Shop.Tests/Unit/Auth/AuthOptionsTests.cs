using System.ComponentModel.DataAnnotations;
using Shop.Auth;

namespace Shop.Tests.Unit.Auth;

public sealed class AuthOptionsTests
{
    private const string Key = "one key of enough characters";

    [Fact]
    public void A_long_key_and_known_clients_with_long_secrets_are_accepted() =>
        Assert.Empty(Faults(new AuthOptions { KeyEncryptionKey = Key, Clients = { ["orders"] = new() { Secret = Key } } }));

    [Fact]
    public void A_short_key_an_unknown_client_a_short_secret_and_half_an_administrator_are_refused()
    {
        Assert.Single(Faults(new AuthOptions { KeyEncryptionKey = "short" }));
        Assert.Single(Faults(new AuthOptions { KeyEncryptionKey = Key, Clients = { ["nobody"] = new() { Secret = Key } } }));
        Assert.Single(Faults(new AuthOptions { KeyEncryptionKey = Key, Clients = { ["orders"] = new() { Secret = "short" } } }));
        Assert.Single(Faults(new AuthOptions { KeyEncryptionKey = Key, Admin = { Email = "admin@shop.local" } }));
    }

    private static List<ValidationResult> Faults(AuthOptions options)
    {
        List<ValidationResult> faults = [];
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults;
    }
}
