using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.JsonWebTokens;
using Shop.ServiceDefaults.Security;
using Shop.Web.Api;

namespace Shop.Web.Account;

internal static class AccountExtensions
{
    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.AddServiceClient<AuthClient>("auth").AddHttpMessageHandler<ApiClientExtensions.LanguageHandler>();
        builder.AddUserClient<UserClient>("auth");
        builder.Services.AddSingleton<SessionStore>();
        builder.Services.AddScoped<Sessions>();

        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "shop_session";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.ExpireTimeSpan = SessionStore.Lifetime;
            options.LoginPath = "/login";
            options.LogoutPath = "/logout";
            options.ReturnUrlParameter = "return_url";
            options.Events.OnValidatePrincipal = ValidateAsync;
        });
    }

    public static void MapAccounts(this WebApplication app) => app.MapPost("/logout", SignOutAsync).ExcludeFromDescription();

    /// <remarks>The form parameter makes the antiforgery check apply.</remarks>
    private static async Task<IResult> SignOutAsync([FromForm(Name = "return_url")] string? returnUrl, Sessions sessions, HttpContext context)
    {
        await sessions.SignOutAsync(context);
        return Results.LocalRedirect(LocalUrl.Of(returnUrl));
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        var tokens = context.Principal?.FindFirst(Sessions.SessionClaim)?.Value is { } id
            ? await sessions.FindAsync(id, context.HttpContext.RequestAborted)
            : null;
        if (tokens is null)
        {
            context.RejectPrincipal();
            return;
        }

        context.HttpContext.Features.Set(tokens);
        context.Principal!.AddIdentity(new ClaimsIdentity(PermissionsIn(tokens.AccessToken)));
    }

    /// <remarks>Those of now; the cookie is older. The services check the token, so here it only decides what is shown.</remarks>
    private static IEnumerable<Claim> PermissionsIn(string accessToken) =>
        new JsonWebToken(accessToken).Claims.Where(claim => claim.Type == TokenAuthentication.PermissionClaim);
}
