using System.Net.Http.Json;
using System.Text.Json;
using Shop.Sandbox.Telegram;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Telegram;

/// <summary>Somebody who chats with the bot through the sandbox.</summary>
internal sealed class Person(HttpClient http, long id, string language)
{
    /// <summary>How the sandbox writes.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public long Id => id;

    private string Address => $"/telegram/chats/{id}/messages";

    public async Task<Message> WriteAsync(string text)
    {
        var response = await http.PostAsJsonAsync(Address, new { text, first_name = "Anna", language_code = language });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Message>(Json))!;
    }

    public async Task<ChatView> LookAsync() => (await http.GetFromJsonAsync<ChatView>(Address, Json))!;

    public async Task PressAsync(Message message, string label)
    {
        var button = message.ReplyMarkup!.Buttons().First(button => button.Text.Contains(label, StringComparison.Ordinal));
        var response = await http.PostAsJsonAsync($"{Address}/{message.MessageId}/press", new { data = button.CallbackData });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Waits for a message of the bot that says this.</summary>
    public async Task<Message> HearAsync(string text)
        => (await WaitAsync(view => Said(view, text), $"a message with “{text}”")).Messages.Last(message => Says(message, text));

    /// <summary>Waits until the chat is so, or fails with what the chat shows.</summary>
    public async Task<ChatView> WaitAsync(Func<ChatView, bool> isSo, string what)
    {
        var view = await LookAsync();
        try
        {
            await Eventually.HoldsAsync(async () => isSo(view = await LookAsync()), what, Patience);
            return view;
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; the chat shows:\n{string.Join("\n---\n", view.Messages.Select(message => message.Text))}", late);
        }
    }

    private static bool Said(ChatView view, string text) => view.Messages.Any(message => Says(message, text));

    private static bool Says(Message message, string text) => message.From.IsBot && message.Text.Contains(text, StringComparison.Ordinal);
}
