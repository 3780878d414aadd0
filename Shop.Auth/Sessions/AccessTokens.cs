using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shop.Auth.Keys;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Sessions;

/// <summary>Whom an access token speaks for.</summary>
/// <param name="Id">A user's id, or a service's name.</param>
/// <param name="Email">The user's address.</param>
/// <param name="Roles">The subject's roles.</param>
/// <param name="Permissions">What the roles permit.</param>
internal sealed record TokenSubject(string Id, string? Email, IReadOnlyList<string> Roles, IReadOnlyList<string> Permissions);

/// <summary>Signs access tokens.</summary>
internal sealed class AccessTokens(KeyRing ring, IOptions<TokenOptions> token, IOptions<AuthOptions> auth, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new();

    public TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(auth.Value.AccessTokenMinutes);

    public async Task<string> IssueAsync(TokenSubject subject, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Dictionary<string, object> claims = new()
        {
            ["iss"] = token.Value.Issuer,
            ["aud"] = token.Value.Audience,
            ["sub"] = subject.Id,
            ["jti"] = Guid.CreateVersion7().ToString(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
            ["role"] = subject.Roles,
            [TokenAuthentication.PermissionClaim] = subject.Permissions,
        };
        if (subject.Email is not null)
            claims["email"] = subject.Email;

        return _handler.CreateToken(JsonSerializer.Serialize(claims), await GetCredentialsAsync(cancellationToken));
    }

    private async ValueTask<SigningCredentials> GetCredentialsAsync(CancellationToken cancellationToken) => token.Value.IsSymmetric
        ? new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(token.Value.Secret!)), SecurityAlgorithms.HmacSha256)
        : (await ring.GetAsync(cancellationToken)).Active;
}
