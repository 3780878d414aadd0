using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Shop.Notifications.Data;
using Shop.Notifications.Delivery;
using Shop.Notifications.Templates;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Http;
using Shop.ServiceDefaults.Idempotency;
using Shop.ServiceDefaults.Security;

namespace Shop.Notifications.Notifications;

/// <summary>A message to send now.</summary>
/// <param name="Email">The address.</param>
/// <param name="Template">What it says.</param>
/// <param name="OrderId">The order it is about; of one order each thing is told once, except refunds.</param>
/// <param name="UserId">The user it is for, who will see it in the list of notifications.</param>
/// <param name="Language">ru or en; else the language the user chose.</param>
/// <param name="Data">The template's values: texts, numbers, or lists of texts.</param>
internal sealed partial record SendRequest(
    [Required, EmailAddress, StringLength(254, MinimumLength = 3)] string Email,
    [Required, StringLength(64, MinimumLength = 1)] string Template,
    Guid? OrderId = null,
    Guid? UserId = null,
    [AllowedValues(null, "ru", "en")] string? Language = null,
    IReadOnlyDictionary<string, JsonElement>? Data = null) : IValidatableObject
{
    private const int MaxValues = 32;
    private const int MaxListLength = 100;
    private const int MaxTextLength = 1_000;

    /// <summary>The values as text; what is null is left out.</summary>
    public IReadOnlyDictionary<string, string> Values() => (Data ?? new Dictionary<string, JsonElement>())
        .Where(value => value.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        .ToDictionary(value => value.Key, value => Text(value.Value));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Data is null)
            yield break;
        if (Data.Count > MaxValues)
            yield return new ValidationResult($"At most {MaxValues} values are taken.", [nameof(Data)]);
        foreach (var (name, value) in Data.Take(MaxValues))
        {
            if (!ValueName().IsMatch(name))
                yield return new ValidationResult("A value's name has 1 to 64 lower-case letters and underscores.", [nameof(Data)]);
            else if (!IsText(value) && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MaxListLength && value.EnumerateArray().All(IsText)))
                yield return new ValidationResult(
                    $"{name} must be a text of at most {MaxTextLength} characters, a number, or a list of at most {MaxListLength} of these.", [nameof(Data)]);
        }
    }

    private static bool IsText(JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= MaxTextLength);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? string.Join('\n', value.EnumerateArray().Select(item => item.ToString()))
        : value.ToString();

    [GeneratedRegex("^[a-z_]{1,64}$")]
    private static partial Regex ValueName();
}

/// <summary>What became of the message.</summary>
/// <param name="NotificationId">The notification.</param>
/// <param name="Status">sent.</param>
internal sealed record SendAnswer(Guid NotificationId, NotificationStatus Status);

/// <summary>Sends while the caller waits. The caller learns the outcome from the answer, so no event is published.</summary>
internal static class SendEndpoint
{
    public static void MapSending(this IEndpointRouteBuilder app) =>
        app.MapGroup("/notifications/send").WithTags("Notifications").RequirePermission(Permissions.NotificationsSend)
            .MapPost("", SendAsync).WithIdempotencyClaim<NotificationsDbContext>().WithSummary("Sends a message before it answers.");

    private static async Task<Results<Ok<SendAnswer>, ProblemHttpResult>> SendAsync(
        SendRequest request, HttpContext context, NotificationsDbContext db, NotificationStore store, MessageTemplates templates,
        NotificationSender sender, CancellationToken cancellationToken)
    {
        if (!templates.Has(request.Template))
            return Problems.Unprocessable("unknown_template", $"There is no template '{request.Template}'. There are {string.Join(", ", templates.Names)}.");

        var recipient = await db.FindRecipientAsync(request.UserId, request.Email, cancellationToken);
        var language = Language.Of(request.Language ?? recipient?.Language);
        var message = templates.Render(request.Template, language, new MessageData(request.OrderId, recipient?.Name, [], request.Values()));
        if (message is null)
            return Problems.Unprocessable("missing_data", "The subject of this template needs a value that was not given.");

        var toldOnce = request.OrderId is not null && MessageTemplates.IsToldOnce(request.Template);
        var id = NewId(toldOnce, context);
        var added = await store.TryAddAsync(
            new NewNotification(id, request.UserId, request.OrderId, request.Template, language, request.Email, message),
            NotificationStatus.Sending, lease: true, cancellationToken);
        var stored = added ?? await db.Notifications.AsNoTracking().SingleAsync(
            row => row.Id == id || (toldOnce && row.OrderId == request.OrderId && row.Template == request.Template), cancellationToken);
        if (added is null)
        {
            if (stored.Status == NotificationStatus.Sent)
                return TypedResults.Ok(new SendAnswer(stored.Id, NotificationStatus.Sent));
            if (await store.ReclaimAsync(stored.Id, cancellationToken) is not { } reclaimed)
            {
                context.Response.SetMomentary();
                return Problems.Conflict("notification_in_progress", "This notification is being sent. Try again.");
            }
            stored = reclaimed;
        }

        return await sender.SendNowAsync(stored, cancellationToken) switch
        {
            SendOutcome.Sent => TypedResults.Ok(new SendAnswer(stored.Id, NotificationStatus.Sent)),
            SendOutcome.Refused => Problems.Unprocessable("recipient_refused", "The message can never be delivered to this address."),
            SendOutcome.Unavailable => Problems.Unavailable("delivery_unavailable", "The message could not be sent. Try again."),
        };
    }

    /// <remarks>
    /// A message that may be told again has only the Idempotency-Key to be recognized by, so its id comes from that:
    /// a request that runs again after a crash finds what it began.
    /// </remarks>
    private static Guid NewId(bool toldOnce, HttpContext context)
    {
        if (toldOnce || context.FindIdempotencyKey() is not { } key)
            return Guid.CreateVersion7();

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.User.FindSubject()}\n{key}"));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // Version 8: made by a rule of our own.
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
