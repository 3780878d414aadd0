using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http.HttpResults;
using Shop.ServiceDefaults.Security;

namespace Shop.Web.Admin;

/// <summary>Tells a user who may not see a page which permission is missing.</summary>
internal sealed class ForbiddenPages : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _otherwise = new();

    /// <inheritdoc />
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var missing = authorizeResult is { Forbidden: true, AuthorizationFailure.FailedRequirements: var failed }
            ? failed.OfType<ClaimsAuthorizationRequirement>()
                .Where(requirement => requirement.ClaimType == TokenAuthentication.PermissionClaim)
                .SelectMany(requirement => requirement.AllowedValues ?? [])
                .Distinct().ToList()
            : [];
        return missing.Count > 0 ? Page(missing).ExecuteAsync(context) : _otherwise.HandleAsync(next, context, policy, authorizeResult);
    }

    /// <summary>The page, with status 403.</summary>
    public static RazorComponentResult<ForbiddenPage> Page(IReadOnlyList<string> missing) =>
        new(new { Missing = missing }) { StatusCode = StatusCodes.Status403Forbidden };
}
