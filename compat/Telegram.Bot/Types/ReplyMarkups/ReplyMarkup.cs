namespace Telegram.Bot.Types.ReplyMarkups;

/// <summary>What a message offers besides its text.</summary>
public abstract class ReplyMarkup;
