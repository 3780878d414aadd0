namespace Shop.TelegramBot.ShopApi;

/// <summary>The shop refused a request, with the problem details it gave.</summary>
internal sealed class ShopRefusedException(int status, string? code, string? reason) : Exception($"The shop answered {status}: {reason}")
{
    public int Status => status;

    /// <summary>The snake_case name of the problem, if it has one.</summary>
    public string? Code => code;

    /// <summary>What the shop says of it, fit for the customer.</summary>
    public string? Reason => reason;
}

/// <summary>The shop did not answer, or answered with an error of its own.</summary>
internal sealed class ShopUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
