namespace Telegram.Bot.Types;

/// <summary>Why a request was refused, in a form that helps to repeat it.</summary>
public class ResponseParameters
{
    /// <summary>The group has become a supergroup with this id.</summary>
    public long? MigrateToChatId { get; set; }

    /// <summary>After how many seconds the request may be repeated.</summary>
    public int? RetryAfter { get; set; }
}
