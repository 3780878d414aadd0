using System.Linq.Expressions;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Auth.Accounts;
using Shop.Auth.Data;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Users;

internal sealed record UserResponse(Guid Id, string Email, string? Name, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt);

internal static class UserEndpoints
{
    private static readonly Expression<Func<User, UserResponse>> ToResponse = user =>
        new UserResponse(user.Id, user.Email, user.Name, user.Roles.Select(held => held.Role).ToList(), user.CreatedAt);

    public static void MapUsers(this WebApplication app)
    {
        var users = app.MapGroup("/users").WithTags("users").RequireAuthorization();
        users.MapGet("", ListAsync).RequirePermission(Permissions.UsersManage);
        users.MapGet("/{id:guid}", GetAsync);
    }

    private static async Task<Ok<List<UserResponse>>> ListAsync(
        AuthDbContext db, Paging paging, HttpResponse response, CancellationToken cancellationToken)
    {
        paging.WriteHeaders(response, await db.Users.LongCountAsync(cancellationToken));
        return TypedResults.Ok(await db.Users.AsNoTracking()
            .OrderBy(user => user.Id).Skip(paging.Offset).Take(paging.PageSize)
            .Select(ToResponse)
            .ToListAsync(cancellationToken));
    }

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetAsync(
        Guid id, ClaimsPrincipal caller, AuthDbContext db, CancellationToken cancellationToken)
    {
        var visible = id == caller.FindUserId() || caller.Can(Permissions.UsersManage);
        return visible && await db.Users.AsNoTracking().Where(user => user.Id == id).Select(ToResponse).SingleOrDefaultAsync(cancellationToken) is { } user
            ? TypedResults.Ok(user)
            : Problems.NotFound("There is no such user.");
    }
}
