using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Auth.Data;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Roles;

internal sealed record RoleResponse(string Name, IReadOnlyList<string> Permissions, bool BuiltIn);

internal static class RoleEndpoints
{
    private const int MaxRoles = 200;

    public static void AddRoles(this IHostApplicationBuilder builder) => builder.Services.AddHostedService<RoleSeeder>();

    public static void MapRoles(this WebApplication app)
    {
        var roles = app.MapGroup("/roles").WithTags("roles").RequirePermission(Permissions.RolesManage);
        roles.MapGet("", ListAsync);
    }

    private static async Task<Ok<List<RoleResponse>>> ListAsync(AuthDbContext db, CancellationToken cancellationToken) =>
        TypedResults.Ok(await db.Roles.AsNoTracking()
            .OrderBy(role => role.Name).Take(MaxRoles)
            .Select(role => new RoleResponse(role.Name, role.Permissions, role.BuiltIn))
            .ToListAsync(cancellationToken));
}
