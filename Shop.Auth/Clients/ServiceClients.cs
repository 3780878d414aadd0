using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Shop.Auth.Sessions;
using Shop.ServiceDefaults.Security;
using RoleNames = Shop.ServiceDefaults.Security.Roles;

namespace Shop.Auth.Clients;

/// <summary>The services that sign in with their own credentials: what each may do is here, its secret in <c>Auth:Clients:{name}:Secret</c>.</summary>
internal sealed class ServiceClients(IOptions<AuthOptions> options, AccessTokens tokens)
{
    private static readonly Dictionary<string, string[]> PermissionsOf = new()
    {
        ["catalog"] = [],
        ["orders"] = [Permissions.CatalogReserve, Permissions.PaymentsProcess, Permissions.NotificationsSend],
        ["payments"] = [],
        ["notifications"] = [],
        ["web"] = [],
        ["telegrambot"] = [],
    };

    private readonly Dictionary<string, byte[]> _secretHashes = options.Value.Clients
        .ToDictionary(client => client.Key, client => Hash(client.Value.Secret));

    public static IReadOnlyCollection<string> Names => PermissionsOf.Keys;

    /// <returns>A token of the service's own, or null when the credentials are wrong.</returns>
    public async Task<TokenResponse?> SignInAsync(string clientId, string clientSecret, CancellationToken cancellationToken)
    {
        if (!_secretHashes.TryGetValue(clientId, out var expected) || !CryptographicOperations.FixedTimeEquals(Hash(clientSecret), expected))
            return null;

        var token = await tokens.IssueAsync(new TokenSubject(clientId, null, [RoleNames.Service], PermissionsOf[clientId]), cancellationToken);
        return new TokenResponse(token, (int)tokens.Lifetime.TotalSeconds, RefreshToken: null);
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
