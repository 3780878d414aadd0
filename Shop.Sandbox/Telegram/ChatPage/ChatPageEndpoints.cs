using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Sandbox.Telegram.BotApi;

namespace Shop.Sandbox.Telegram.ChatPage;

/// <summary><c>/telegram</c>: the person's side of the chat, as a page and as the small API behind it.</summary>
internal static class ChatPageEndpoints
{
    private const long MaxUserId = (1L << 52) - 1;

    private static readonly Lazy<string> Page = new(() =>
    {
        using var stream = typeof(ChatPageEndpoints).Assembly.GetManifestResourceStream("chat.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    public static void MapChatPage(this IEndpointRouteBuilder endpoints)
    {
        var page = endpoints.MapGroup("/telegram").WithTags("Telegram");
        page.MapGet("/", ShowPage).ExcludeFromDescription();
        page.MapGet("/commands", (string? language, BotMethods methods) => methods.Commands(language ?? ""));
        page.MapGet("/chats/{chatId:long}/messages", ShowChat);
        page.MapPost("/chats/{chatId:long}/messages", Write);
        page.MapPost("/chats/{chatId:long}/messages/{messageId:int}/press", Press);
    }

    private static ContentHttpResult ShowPage(HttpRequest request)
    {
        var language = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(choice => choice.Quality ?? 1)
            .Select(choice => choice.Value.Value?.Split('-')[0])
            .FirstOrDefault(code => code is "ru" or "en");
        return TypedResults.Content(Page.Value.Replace("{language}", language ?? "en", StringComparison.Ordinal), "text/html; charset=utf-8");
    }

    private static ChatView ShowChat(long chatId, TelegramChats chats) => chats.View(chatId) ?? new ChatView([], 0, null);

    private static Results<Created<Message>, ValidationProblem> Write(long chatId, NewMessage message, TelegramChats chats)
    {
        var errors = new Dictionary<string, string[]>();
        if (chatId is < 1 or > MaxUserId) errors["chat_id"] = [$"Must be from 1 to {MaxUserId}."];
        if (string.IsNullOrWhiteSpace(message.Text) || message.Text.Length > 4096) errors["text"] = ["Must have 1 to 4096 characters."];
        if (message.FirstName is { Length: > 64 } || message.LanguageCode is { Length: > 16 }) errors["first_name"] = ["The name or the language code is too long."];
        if (errors.Count > 0) return TypedResults.ValidationProblem(errors);

        var person = new User(chatId, IsBot: false, message.FirstName ?? $"User {chatId}", message.Username, message.LanguageCode ?? "ru");
        var written = chats.Write(person, message.Text!);
        return TypedResults.Created($"/telegram/chats/{chatId}/messages", written);
    }

    private static Results<Accepted<PressedButton>, ProblemHttpResult> Press(long chatId, int messageId, ButtonPress press, TelegramChats chats)
        => chats.Press(chatId, messageId, press.Data ?? "") is { } queryId
            ? TypedResults.Accepted((string?)null, new PressedButton(queryId))
            : TypedResults.Problem("The chat has no such message with such a button.", statusCode: StatusCodes.Status404NotFound);
}

internal sealed record NewMessage(string? Text, string? FirstName, string? Username, string? LanguageCode);

internal sealed record ButtonPress(string? Data);

internal sealed record PressedButton(string QueryId);
