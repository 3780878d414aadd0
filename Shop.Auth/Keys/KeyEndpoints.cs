using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Keys;

/// <summary>The keys that tokens are signed with, and where their public halves are published.</summary>
internal static class KeyEndpoints
{
    public static void AddSigningKeys(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<KeyProtector>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddHostedService<SigningKeyCheck>();
        builder.Services.AddHealthChecks().AddCheck<SigningKeyCheck>("signing_key");
        builder.Services.AddSingleton<IConfigurationManager<OpenIdConnectConfiguration>, LocalKeyConfiguration>();
    }

    public static void MapKeys(this WebApplication app) => app.MapGet("/.well-known/jwks.json", GetAsync).WithTags("keys").AllowAnonymous();

    /// <remarks>With a shared secret there is nothing to publish: an empty set.</remarks>
    private static async Task<Ok<Jwks>> GetAsync(
        KeyRing ring, IOptions<TokenOptions> options, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "public, max-age=60";
        return TypedResults.Ok(options.Value.IsSymmetric ? new Jwks([]) : (await ring.GetAsync(cancellationToken)).Published);
    }
}
