using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Login;

/// <summary>A token, once shown, becomes a cookie; without either nothing is shown.</summary>
internal static class LoginExtensions
{
    private const string OpenKey = "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS";
    private const int TokenLength = 32;
    private static readonly TimeSpan SessionTime = TimeSpan.FromDays(3);

    public static void AddLogin(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<FrontendOptions>().BindConfiguration(FrontendOptions.Section)
            .Configure<IConfiguration>((options, configuration) =>
            {
                if (configuration.GetValue(OpenKey, defaultValue: false))
                    options.AuthMode = "Unsecured";
                if (string.IsNullOrEmpty(options.BrowserToken))
                    options.BrowserToken = RandomNumberGenerator.GetHexString(TokenLength, lowercase: true);
            });

        // A cookie is good for as long as this process: its key is nowhere else.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.LoginPath = "/login";
            options.ReturnUrlParameter = "returnUrl";
            options.Cookie.Name = ".Aspire.Dashboard.Auth";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.ExpireTimeSpan = SessionTime;
            options.SlidingExpiration = true;
        });
        builder.Services.AddAntiforgery(options => (options.Cookie.Name, options.Cookie.SameSite) = (".Aspire.Dashboard.Antiforgery", SameSiteMode.Strict));
        builder.Services.AddAuthorization();
        builder.Services.AddOptions<AuthorizationOptions>().Configure<IOptions<FrontendOptions>>((authorization, frontend) =>
        {
            if (!frontend.Value.IsOpen)
                authorization.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        });
        builder.Services.AddHostedService<LoginLink>();
    }

    public static void MapLogin(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/login", SignInAsync).AllowAnonymous();

    /// <summary>Signs in when the token is right.</summary>
    public static async Task<bool> TrySignInAsync(this HttpContext context, string? token)
    {
        var right = context.RequestServices.GetRequiredService<IOptions<FrontendOptions>>().Value.BrowserToken!;
        if (token is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(right)))
            return false;

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "browser")], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity));
        return true;
    }

    /// <summary>A path on this site, whatever was asked for.</summary>
    public static string LocalPath(string? url) => url is ['/', not ('/' or '\\'), ..] && Uri.IsWellFormedUriString(url, UriKind.Relative) ? url : "/";

    private static async Task<RedirectHttpResult> SignInAsync([FromForm] string? token, [FromForm] string? returnUrl, HttpContext context) =>
        await context.TrySignInAsync(token?.Trim())
            ? TypedResults.LocalRedirect(LocalPath(returnUrl))
            : TypedResults.LocalRedirect($"/login?wrong=true&returnUrl={Uri.EscapeDataString(LocalPath(returnUrl))}");
}
