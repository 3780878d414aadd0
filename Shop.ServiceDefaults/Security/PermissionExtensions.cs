using Microsoft.AspNetCore.Builder;

namespace Shop.ServiceDefaults.Security;

/// <summary>Authorization on the route or the route group.</summary>
public static class PermissionExtensions
{
    /// <summary>Lets in only tokens with this permission: none is 401, another's is 403.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string permission) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy
            .RequireAuthenticatedUser()
            .RequireClaim(TokenAuthentication.PermissionClaim, permission));
}
