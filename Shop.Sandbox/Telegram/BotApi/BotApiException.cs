namespace Shop.Sandbox.Telegram.BotApi;

/// <summary>An error as the Bot API describes it.</summary>
internal sealed class BotApiException(int errorCode, string description, int? retryAfter = null) : Exception(description)
{
    public int ErrorCode => errorCode;

    public int? RetryAfter => retryAfter;

    public static BotApiException BadRequest(string what) => new(400, $"Bad Request: {what}");

    public static BotApiException Unauthorized() => new(401, "Unauthorized");

    public static BotApiException MethodNotFound() => new(404, "Not Found: method not found");

    public static BotApiException Conflict() => new(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running");

    public static BotApiException TooManyRequests(int seconds) => new(429, $"Too Many Requests: retry after {seconds}", seconds);
}
