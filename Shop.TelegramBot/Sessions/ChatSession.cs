namespace Shop.TelegramBot.Sessions;

/// <summary>What the bot remembers of a private chat between updates.</summary>
internal sealed record ChatSession
{
    // A batch that is delivered again holds ids close to the last one; ids far below it are a new sequence.
    private const int RedeliveryWindow = 1_000;

    /// <summary>The last update whose handling was completed.</summary>
    public int LastUpdateId { get; init; }

    public Account? Account { get; init; }

    public Cart Cart { get; init; } = Cart.Empty;

    public bool HasHandled(int updateId) => updateId <= LastUpdateId && LastUpdateId - updateId < RedeliveryWindow;
}

/// <summary>The signed-in customer. The tokens are secrets.</summary>
internal sealed record Account(string Email, string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt);
