using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Notifications.Data;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Security;

namespace Shop.Notifications.Recipients;

/// <summary>How the user wants to be written to.</summary>
/// <param name="Language">ru or en.</param>
/// <param name="Email">The address messages go to unless an order names another.</param>
internal sealed record PreferencesAnswer(string Language, string? Email);

/// <summary>How the user wants to be written to.</summary>
/// <param name="Language">ru or en.</param>
internal sealed record PreferencesRequest([Required, AllowedValues("ru", "en")] string Language);

internal static class PreferencesEndpoints
{
    public static void MapPreferences(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/preferences").WithTags("Preferences").RequireAuthorization();
        group.MapGet("", FindAsync).WithSummary("How I want to be written to.");
        group.MapPut("", ReplaceAsync).WithSummary("Changes how I want to be written to.");
    }

    private static async Task<Ok<PreferencesAnswer>> FindAsync(ClaimsPrincipal user, NotificationsDbContext db, CancellationToken cancellationToken)
    {
        var id = user.UserId();
        var recipient = await db.Recipients.AsNoTracking().SingleOrDefaultAsync(recipient => recipient.UserId == id, cancellationToken);
        return TypedResults.Ok(new PreferencesAnswer(recipient?.Language ?? Language.Russian.Code, recipient?.Email ?? user.FindEmail()));
    }

    private static async Task<Results<Ok<PreferencesAnswer>, ProblemHttpResult>> ReplaceAsync(
        PreferencesRequest request, ClaimsPrincipal user, NotificationsDbContext db, CancellationToken cancellationToken)
    {
        var id = user.UserId();
        // The sign-up may still be on its way here; the token knows the address.
        var email = user.FindEmail();
        var changed = email is null
            ? await db.Recipients.Where(recipient => recipient.UserId == id).ExecuteUpdateAsync(
                set => set.SetProperty(recipient => recipient.Language, request.Language), cancellationToken)
            : await db.Database.ExecuteSqlAsync($"""
                INSERT INTO recipients (user_id, email, language) VALUES ({id}, {email}, {request.Language})
                ON CONFLICT (user_id) DO UPDATE SET language = excluded.language, updated_at = now()
                """, cancellationToken);
        return changed == 1
            ? TypedResults.Ok(new PreferencesAnswer(request.Language, email))
            : Problems.Unprocessable("no_address", "There is no e-mail address on record to write to.");
    }
}
