using Telegram.Bot.Types;

namespace Telegram.Bot.Exceptions;

/// <summary>The Bot API refused a request.</summary>
/// <param name="message">The API's description of the error.</param>
/// <param name="errorCode">The error code, equal to the HTTP status.</param>
/// <param name="parameters">What would help to repeat the request.</param>
public class ApiRequestException(string message, int errorCode, ResponseParameters? parameters = null) : RequestException(message)
{
    /// <summary>The error code, equal to the HTTP status.</summary>
    public virtual int ErrorCode { get; } = errorCode;

    /// <summary>What would help to repeat the request.</summary>
    public ResponseParameters? Parameters { get; } = parameters;
}
