using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Shop.ServiceDefaults.Security;

/// <summary>Checks the tokens that Auth signs, locally: Auth is asked only for its public keys.</summary>
public static class TokenAuthentication
{
    /// <summary>The claim that names one permission of the token's subject.</summary>
    public const string PermissionClaim = "permission";

    private const int MinSecretBytes = 32;

    /// <summary>
    /// Every request waits while the keys are fetched, and a token with an unknown key id has them fetched again (at most once
    /// in 30 s): with Auth away that must not take as long as another call may.
    /// </summary>
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

        builder.Services.AddHttpClient<JwksDocumentRetriever>(http => http.Timeout = KeySetTimeout);
        builder.Services.TryAddSingleton<IConfigurationManager<OpenIdConnectConfiguration>>(services => new ConfigurationManager<OpenIdConnectConfiguration>(
            new Uri(services.GetRequiredService<IOptions<TokenOptions>>().Value.Url, "/.well-known/jwks.json").ToString(),
            new JwksConfigurationRetriever(),
            services.GetRequiredService<JwksDocumentRetriever>()));

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
            bearer.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(token.Secret!));
        else
            bearer.ConfigurationManager = services.GetRequiredService<IConfigurationManager<OpenIdConnectConfiguration>>();
    }
}
