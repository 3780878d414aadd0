namespace Shop.TelegramBot.Conversations;

/// <summary>What Telegram takes as the text of one message.</summary>
internal static class MessageText
{
    public const int MaxLength = 4096;

    /// <summary>The text, with an ellipsis in place of what is too much.</summary>
    public static string Fit(string text)
    {
        if (text.Length <= MaxLength) return text;
        var end = MaxLength - 1;
        // Half of a surrogate pair is no character.
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }
}
