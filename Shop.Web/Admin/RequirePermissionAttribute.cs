using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Shop.ServiceDefaults.Security;

namespace Shop.Web.Admin;

/// <summary>Shows a page only to users with this permission: nobody signed in is sent to sign in, another is told what is missing.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class RequirePermissionAttribute(string permission) : AuthorizeAttribute, IAuthorizationRequirementData
{
    /// <summary>The permission.</summary>
    public string Permission { get; } = permission;

    /// <inheritdoc />
    public IEnumerable<IAuthorizationRequirement> GetRequirements() =>
        [new ClaimsAuthorizationRequirement(TokenAuthentication.PermissionClaim, [Permission])];
}
