using Telegram.Bot.Exceptions;
using Telegram.Bot.Requests.Abstractions;

namespace Telegram.Bot;

/// <summary>A client of the Telegram Bot API. Its methods are the extensions of <see cref="TelegramBotClientExtensions"/>.</summary>
public interface ITelegramBotClient
{
    /// <summary>The bot's user id, taken from the token.</summary>
    long BotId { get; }

    /// <summary>The timeout of one HTTP request. Must be longer than the timeout of a long poll.</summary>
    TimeSpan Timeout { get; set; }

    /// <summary>Sends one request and returns its result.</summary>
    /// <exception cref="ApiRequestException">The API refused the request.</exception>
    /// <exception cref="RequestException">The API could not be reached, or its answer makes no sense.</exception>
    Task<TResponse> SendRequest<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default);
}
