using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Shop.ServiceDefaults.Errors;

namespace Shop.ServiceDefaults.Security;

/// <summary>Checks the tokens that Auth signs, locally: Auth is asked only for its public keys.</summary>
public static class TokenAuthentication
{
    /// <summary>The claim that names one permission of the token's subject.</summary>
    public const string PermissionClaim = "permission";

    private const int MinSecretBytes = 32;

    /// <summary>The name of the HTTP client that fetches the keys.</summary>
    internal const string KeyClient = "token-keys";

    /// <summary>Requests wait while the keys are fetched: with Auth away that must not take as long as another call may.</summary>
    private static readonly TimeSpan KeySetTimeout = TimeSpan.FromSeconds(3);

    internal static void AddTokenAuthentication(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TokenOptions>()
            .Bind(builder.Configuration.GetSection(TokenOptions.Section))
            .Configure(options =>
            {
                options.Algorithm = builder.Configuration["AUTH_JWT_ALGORITHM"] ?? options.Algorithm;
                options.Secret = builder.Configuration["AUTH_JWT_SECRET"] ?? options.Secret;
            })
            .Validate(options => options.IsSymmetric || options.Algorithm == "ES256", "AUTH_JWT_ALGORITHM is ES256 or HS256.")
            .Validate(options => !options.IsSymmetric || Encoding.UTF8.GetByteCount(options.Secret ?? "") >= MinSecretBytes,
                $"AUTH_JWT_SECRET must have at least {MinSecretBytes} bytes when AUTH_JWT_ALGORITHM is HS256.")
            .ValidateOnStart();

        builder.Services.AddHttpClient(KeyClient, (services, http) =>
        {
            http.BaseAddress = services.GetRequiredService<IOptions<TokenOptions>>().Value.Url;
            http.Timeout = KeySetTimeout;
        });
        builder.Services.TryAddSingleton<IConfigurationManager<OpenIdConnectConfiguration>>(services => new PublishedKeys(
            () => services.GetRequiredService<IHttpClientFactory>().CreateClient(KeyClient),
            services.GetRequiredService<TimeProvider>()));

        builder.Services.AddSingleton<ValidatedTokens>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddAuthorization();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<TokenOptions>, IServiceProvider>(Configure);
    }

    private static void Configure(JwtBearerOptions bearer, IOptions<TokenOptions> options, IServiceProvider services)
    {
        var token = options.Value;
        bearer.RequireHttpsMetadata = false;
        bearer.IncludeErrorDetails = false;
        bearer.Events = services.GetRequiredService<ValidatedTokens>().CreateEvents();
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = token.Issuer,
            ValidAudience = token.Audience,
            ValidateIssuerSigningKey = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = "sub",
            RoleClaimType = "role",
        };

        // An elliptic-curve key cannot check an HMAC and the other way round, so a token cannot choose its own algorithm.
        if (token.IsSymmetric)
        {
            bearer.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(token.Secret!));
            return;
        }

        bearer.ConfigurationManager = services.GetRequiredService<IConfigurationManager<OpenIdConnectConfiguration>>();
        if (bearer.ConfigurationManager is PublishedKeys keys)
            bearer.Events.OnAuthenticationFailed = context => RefuseAsync(context, keys);
    }

    /// <summary>A token that could not be checked is not a bad one: whoever sent it is not sent to sign in again.</summary>
    private static async Task RefuseAsync(AuthenticationFailedContext context, PublishedKeys keys)
    {
        if (context.Exception is SecurityTokenSignatureKeyNotFoundException
            && ValidatedTokens.FindToken(context.Request.Headers.Authorization) is { } token
            && new JsonWebToken(token).Kid is { Length: > 0 } keyId
            && await keys.ContainAsync(keyId, context.HttpContext.RequestAborted))
        {
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "new_signing_key", "The token is signed with a new key. Try again.");
        }
    }
}
