using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.ServiceDefaults.Security;
using Shop.Web.Api;

namespace Shop.Web.Admin.Messaging;

/// <summary>The room of messages: what its pages ask for beside themselves.</summary>
internal static class MessageEndpoints
{
    /// <summary>What one service may answer with, in bytes: anybody's message may be in it.</summary>
    private const long MaxAnswerBytes = 16 * 1024 * 1024;

    public static void AddMessages(this IHostApplicationBuilder builder)
    {
        var client = builder.AddUserClient<OperatorClient>(service: null)
            .ConfigureHttpClient(http => http.MaxResponseContentBufferSize = MaxAnswerBytes);
#pragma warning disable EXTEXP0001 // Who looks wants to know at once that a service is away, and looks again; a replay takes its time.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }

    public static void MapMessages(this WebApplication app)
    {
        var messages = app.MapGroup("/admin/messages").RequirePermission(Permissions.MessagingRead).ExcludeFromDescription();
        messages.MapGet("/figures", GetFiguresAsync);
        messages.MapPost("/replay", ReplayAsync).RequirePermission(Permissions.MessagingReplay);
    }

    /// <summary>The changing part of the overview, which its page asks for again and again.</summary>
    private static async Task<RazorComponentResult<MessageFiguresView>> GetFiguresAsync(
        OperatorClient services, TimeProvider time, HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new(new { Figures = await MessageFigures.ReadAsync(services, time, cancellationToken) });
    }

    /// <remarks>The form parameters make the antiforgery check apply. What was begun is done also when the operator does not wait for it.</remarks>
    private static async Task<Results<RedirectHttpResult, NotFound>> ReplayAsync(
        [FromForm] string kind, [FromForm] string service, [FromForm] Guid? id, [FromForm] string? group, OperatorClient services)
    {
        var choice = MessageChoice.Of(id, group);
        if (choice.IsEmpty || MessageService.Having(kind)?.Contains(service) != true)
            return TypedResults.NotFound();

        try
        {
            var replay = await services.ReplayAsync(service, kind, choice, dryRun: false, CancellationToken.None);
            return TypedResults.LocalRedirect(MessageUrls.Replayed(kind, service, replay));
        }
        catch (Exception exception) when (Answers.ProblemOf(exception) is { } problem)
        {
            return TypedResults.LocalRedirect(MessageUrls.NotReplayed(kind, service, problem));
        }
    }
}
