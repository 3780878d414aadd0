using System.Net;

namespace Telegram.Bot.Exceptions;

/// <summary>A request to the Bot API failed.</summary>
public class RequestException : Exception
{
    /// <summary>The API could not be reached.</summary>
    public RequestException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The API answered something that cannot be understood.</summary>
    public RequestException(string message, HttpStatusCode httpStatusCode, Exception? innerException = null)
        : base(message, innerException)
        => HttpStatusCode = httpStatusCode;

    /// <summary>The HTTP status, when there was an answer.</summary>
    public HttpStatusCode? HttpStatusCode { get; init; }
}
