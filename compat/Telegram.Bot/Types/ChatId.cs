using System.Globalization;

namespace Telegram.Bot.Types;

/// <summary>Names a chat.</summary>
public class ChatId
{
    /// <summary>A chat by its id.</summary>
    public ChatId(long identifier) => Identifier = identifier;

    /// <summary>A chat by its id in text, or a channel by <c>@username</c>.</summary>
    /// <exception cref="ArgumentException">Neither.</exception>
    public ChatId(string username)
    {
        ArgumentNullException.ThrowIfNull(username);
        if (username.Length > 1 && username[0] == '@') Username = username;
        else if (long.TryParse(username, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var identifier)) Identifier = identifier;
        else throw new ArgumentException("Username value should be Identifier or Username that starts with @", nameof(username));
    }

    /// <summary>The id.</summary>
    public long? Identifier { get; }

    /// <summary>The channel's user name with its <c>@</c>.</summary>
    public string? Username { get; }

    /// <summary>A chat by its id.</summary>
    public static implicit operator ChatId(long identifier) => new(identifier);

    /// <summary>A chat by its id in text, or a channel by <c>@username</c>.</summary>
    public static implicit operator ChatId(string username) => new(username);

    /// <inheritdoc/>
    public override string ToString() => Username ?? Identifier!.Value.ToString(CultureInfo.InvariantCulture);
}
