namespace Shop.Sandbox.Telegram;

// The objects of the Bot API; the names and their order on the wire are Telegram's.

internal sealed record User(long Id, bool IsBot, string FirstName, string? Username, string? LanguageCode);

internal sealed record Chat(long Id, string Type, string FirstName, string? Username);

internal sealed record Button(string Text, string? CallbackData = null, string? Url = null);

internal sealed record ReplyMarkup(IReadOnlyList<IReadOnlyList<Button>> InlineKeyboard)
{
    public IEnumerable<Button> Buttons() => InlineKeyboard.SelectMany(row => row);

    public bool LooksLike(ReplyMarkup other)
        => InlineKeyboard.Count == other.InlineKeyboard.Count && InlineKeyboard.Zip(other.InlineKeyboard).All(pair => pair.First.SequenceEqual(pair.Second));
}

internal sealed record Message(int MessageId, User From, Chat Chat, long Date, string Text, ReplyMarkup? ReplyMarkup = null, long? EditDate = null);

internal sealed record CallbackQuery(string Id, User From, Message Message, string ChatInstance, string Data);

internal sealed record Update(int UpdateId, Message? Message = null, CallbackQuery? CallbackQuery = null)
{
    /// <summary>The kind, as <c>allowed_updates</c> names it.</summary>
    public string Kind() => CallbackQuery is null ? "message" : "callback_query";
}

internal sealed record BotCommand(string Command, string Description);
