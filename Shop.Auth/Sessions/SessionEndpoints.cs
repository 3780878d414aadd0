using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Auth.Accounts;
using Shop.Auth.Clients;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.RateLimiting;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Sessions;

internal sealed record SignInRequest(
    [property: Required, MaxLength(EmailAddress.MaxLength)] string Email,
    [property: Required, MaxLength(PasswordRules.MaxLength)] string Password);

internal sealed record RefreshRequest([property: Required, MaxLength(SessionEndpoints.MaxTokenLength)] string RefreshToken);

internal sealed record TokenResponse(
    string AccessToken,
    int ExpiresIn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken)
{
    public string TokenType { get; } = "bearer";
}

/// <summary>What a token says, as Auth reads it.</summary>
/// <param name="UserId">The subject: a user's id, or a service's name.</param>
/// <param name="Email">The user's address; a service has none.</param>
/// <param name="Roles">The subject's roles.</param>
/// <param name="Permissions">What they permit.</param>
/// <param name="ExpiresAt">When the token ends.</param>
internal sealed record VerifyResponse(
    string UserId, string? Email, IReadOnlyList<string> Roles, IReadOnlyList<string> Permissions, DateTimeOffset ExpiresAt);

internal static class SessionEndpoints
{
    public const int MaxTokenLength = 256;

    public static void AddSessions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccessTokens>();
        builder.Services.AddSingleton<ServiceClients>();
        builder.Services.AddScoped<SessionService>();
        builder.Services.AddHostedService<SessionCleanup>();
    }

    public static void MapSessions(this WebApplication app)
    {
        var auth = app.MapGroup("/auth").WithTags("sessions");
        auth.MapGet("/verify", Verify).RequireAuthorization();

        // Who holds a refresh token may end its session, signed in or not.
        var tokens = auth.MapGroup("").AllowAnonymous().AddEndpointFilter(ForbidStoringAsync);
        tokens.MapPost("/token", SignInAsync).LimitCredentialAttempts();
        tokens.MapPost("/token", GrantAsync).LimitCredentialAttempts().DisableAntiforgery().ExcludeFromDescription();
        tokens.MapPost("/refresh", RefreshAsync).LimitCredentialAttempts();
        tokens.MapPost("/logout", SignOutAsync);
    }

    private static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> SignInAsync(
        SignInRequest request, AccountService accounts, SessionService sessions, CancellationToken cancellationToken) =>
        await accounts.SignInAsync(request.Email, request.Password, cancellationToken) is { } user
            ? TypedResults.Ok(await sessions.SignInAsync(user, cancellationToken))
            : WrongCredentials();

    /// <summary>The same, and more, for OAuth 2 clients (RFC 6749): the path is told apart by its content type.</summary>
    private static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> GrantAsync(
        [FromForm] OAuthGrant grant, AccountService accounts, SessionService sessions, ServiceClients clients, CancellationToken cancellationToken)
    {
        switch (grant)
        {
            case { GrantType: "password", UserName: { } userName, Password: { } password }:
                return await SignInAsync(new SignInRequest(userName, password), accounts, sessions, cancellationToken);
            case { GrantType: "refresh_token", RefreshToken: { } refreshToken }:
                return await RefreshAsync(new RefreshRequest(refreshToken), sessions, cancellationToken);
            case { GrantType: "client_credentials", ClientId: { } clientId, ClientSecret: { } clientSecret }:
                return await clients.SignInAsync(clientId, clientSecret, cancellationToken) is { } answer
                    ? TypedResults.Ok(answer)
                    : Problems.Create(StatusCodes.Status401Unauthorized, "invalid_client", "The client id or its secret is wrong.");
            case { GrantType: "password" or "refresh_token" or "client_credentials" }:
                return Problems.BadRequest("invalid_request", "A parameter that this grant_type needs is missing.");
            default:
                return Problems.BadRequest("unsupported_grant_type", "grant_type is password, refresh_token or client_credentials.");
        }
    }

    private static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> RefreshAsync(
        RefreshRequest request, SessionService sessions, CancellationToken cancellationToken) =>
        await sessions.RefreshAsync(request.RefreshToken, cancellationToken) is { } answer
            ? TypedResults.Ok(answer)
            : Problems.Create(StatusCodes.Status401Unauthorized, "invalid_refresh_token", "The refresh token is not good any more. Sign in again.");

    private static async Task<NoContent> SignOutAsync(RefreshRequest request, SessionService sessions, CancellationToken cancellationToken)
    {
        await sessions.EndAsync(request.RefreshToken, cancellationToken);
        return TypedResults.NoContent();
    }

    private static Ok<VerifyResponse> Verify(ClaimsPrincipal caller) => TypedResults.Ok(new VerifyResponse(
        caller.FindSubject()!,
        caller.FindEmail(),
        [.. caller.FindAll(claim => claim.Type is "role" or ClaimTypes.Role).Select(claim => claim.Value).Distinct()],
        [.. caller.FindAll(TokenAuthentication.PermissionClaim).Select(claim => claim.Value)],
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(caller.FindFirst("exp")!.Value, CultureInfo.InvariantCulture))));

    private static ProblemHttpResult WrongCredentials() => Problems.Create(StatusCodes.Status401Unauthorized, "invalid_credentials",
        "The e-mail address or the password is wrong, or there were too many attempts: then try again in a few minutes.");

    private static ValueTask<object?> ForbidStoringAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return next(context);
    }
}
