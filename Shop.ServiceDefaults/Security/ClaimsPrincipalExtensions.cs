using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Shop.ServiceDefaults.Errors;

namespace Shop.ServiceDefaults.Security;

/// <summary>Reads the shop's claims. Handlers differ in whether they rename inbound claims, so both names are looked for.</summary>
public static class ClaimsPrincipalExtensions
{
    /// <summary>The subject of the token: a user's id, or a service's client id; null when nobody is signed in.</summary>
    public static string? FindSubject(this ClaimsPrincipal principal) => principal.Find("sub", ClaimTypes.NameIdentifier);

    /// <summary>The signed-in user's id; null when nobody, or a service, is signed in.</summary>
    public static Guid? FindUserId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindSubject(), out var id) ? id : null;

    /// <summary>The signed-in user's id.</summary>
    /// <exception cref="ProblemException">403: the token is a service's, and services own nothing.</exception>
    public static Guid UserId(this ClaimsPrincipal principal) => principal.FindUserId()
        ?? throw new ProblemException(StatusCodes.Status403Forbidden, "not_a_user", "Only a signed-in user can do this.");

    /// <summary>The signed-in user's e-mail address, if the token has one.</summary>
    public static string? FindEmail(this ClaimsPrincipal principal) => principal.Find("email", ClaimTypes.Email);

    /// <summary>Whether the token carries this permission.</summary>
    public static bool Can(this ClaimsPrincipal principal, string permission) =>
        principal.HasClaim(TokenAuthentication.PermissionClaim, permission);

    /// <summary>Whether the token is that of another service of the shop.</summary>
    public static bool IsService(this ClaimsPrincipal principal) =>
        principal.HasClaim("role", Roles.Service) || principal.HasClaim(ClaimTypes.Role, Roles.Service);

    private static string? Find(this ClaimsPrincipal principal, string name, string renamed) =>
        principal.FindFirst(name)?.Value ?? principal.FindFirst(renamed)?.Value;
}
