namespace Telegram.Bot.Requests.Abstractions;

/// <summary>One call of the Bot API.</summary>
/// <typeparam name="TResponse">What the call returns.</typeparam>
public interface IRequest<TResponse>
{
    /// <summary>The HTTP method.</summary>
    HttpMethod HttpMethod { get; }

    /// <summary>The method of the Bot API.</summary>
    string MethodName { get; }

    /// <summary>Writes the parameters. Called once per attempt.</summary>
    HttpContent? ToHttpContent();
}
