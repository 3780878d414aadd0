using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Shop.Auth.Data;
using Shop.Auth.Sessions;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.RateLimiting;
using Shop.ServiceDefaults.Security;
using RoleNames = Shop.ServiceDefaults.Security.Roles;

namespace Shop.Auth.Accounts;

internal sealed record RegisterRequest(
    [property: Required, MaxLength(EmailAddress.MaxLength)] string Email,
    [property: Required, MaxLength(PasswordRules.MaxLength)] string Password,
    [property: MaxLength(100)] string? Name) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!EmailAddress.TryNormalize(Email, out var address))
            yield return new ValidationResult("This is not an e-mail address.", [nameof(Email)]);
        else if (PasswordRules.FindFault(Password, address) is { } fault)
            yield return new ValidationResult(fault, [nameof(Password)]);
    }
}

internal sealed record CheckRequest(Guid? UserId, [property: Required, StringLength(100, MinimumLength = 1)] string Permission);

internal sealed record CheckResponse(bool Allowed);

internal static class AccountEndpoints
{
    private const int PasswordIterations = 210_000; // OWASP's figure for PBKDF2 with SHA-512.

    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordIterations);
        builder.Services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        builder.Services.AddScoped<AccountService>();
        builder.Services.AddHostedService<AccountSeeder>();
    }

    public static void MapAccounts(this WebApplication app)
    {
        var auth = app.MapGroup("/auth").WithTags("accounts");
        auth.MapPost("/register", RegisterAsync).WithIdempotency<AuthDbContext>().LimitCredentialAttempts().AllowAnonymous();
        auth.MapPost("/check", CheckAsync).RequireAuthorization();
    }

    private static async Task<Results<Created<TokenResponse>, ProblemHttpResult>> RegisterAsync(
        RegisterRequest request, Language language, AccountService accounts, SessionService sessions, HttpContext context, CancellationToken cancellationToken)
    {
        EmailAddress.TryNormalize(request.Email, out var email);
        if (await accounts.ExistsAsync(email!, cancellationToken))
            return EmailTaken();

        var name = string.IsNullOrWhiteSpace(request.Name) ? null : request.Name.Trim();
        var user = accounts.Add(email!, request.Password, name, RoleNames.Customer, language.Code);
        var refreshToken = sessions.Open(user);
        if (!await accounts.TrySaveNewAsync(cancellationToken))
            return EmailTaken();

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/users/{user.Id}", await sessions.AnswerAsync(user, refreshToken, cancellationToken));
    }

    /// <remarks>About oneself anybody may ask; about others, services and those who manage users.</remarks>
    private static async Task<Results<Ok<CheckResponse>, ForbidHttpResult>> CheckAsync(
        CheckRequest request, ClaimsPrincipal caller, AuthDbContext db, CancellationToken cancellationToken)
    {
        if (request.UserId is not { } userId || userId == caller.FindUserId())
            return TypedResults.Ok(new CheckResponse(caller.Can(request.Permission)));
        if (!caller.IsService() && !caller.Can(Permissions.UsersManage))
            return TypedResults.Forbid();

        var allowed = await db.UserRoles.Where(held => held.UserId == userId)
            .Join(db.Roles, held => held.Role, role => role.Name, (_, role) => role)
            .AnyAsync(role => role.Permissions.Contains(request.Permission), cancellationToken);
        return TypedResults.Ok(new CheckResponse(allowed));
    }

    private static ProblemHttpResult EmailTaken() =>
        Problems.Conflict("email_taken", "There is already an account with this e-mail address.");
}
