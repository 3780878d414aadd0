namespace Telegram.Bot.Types;

/// <summary>A person or a bot.</summary>
public class User
{
    /// <summary>The user's id, up to 52 bits.</summary>
    public long Id { get; set; }

    /// <summary>Whether it is a bot.</summary>
    public bool IsBot { get; set; }

    /// <summary>The first name.</summary>
    public string FirstName { get; set; } = default!;

    /// <summary>The last name.</summary>
    public string? LastName { get; set; }

    /// <summary>The user name without <c>@</c>.</summary>
    public string? Username { get; set; }

    /// <summary>The IETF tag of the user's language.</summary>
    public string? LanguageCode { get; set; }
}
