using System.Text.Json;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Requests.Abstractions;
using Telegram.Bot.Serialization;

namespace Telegram.Bot;

/// <summary>A client of the Telegram Bot API over HTTP.</summary>
public class TelegramBotClient : ITelegramBotClient
{
    private readonly TelegramBotClientOptions _options;
    private readonly HttpClient _httpClient;
    private readonly CancellationToken _globalCancelToken;

    /// <summary>Creates a client.</summary>
    /// <param name="options">Which bot, and where the API is.</param>
    /// <param name="httpClient">The client to send with; by default one of its own.</param>
    /// <param name="cancellationToken">Cancels every request of this client.</param>
    public TelegramBotClient(TelegramBotClientOptions options, HttpClient? httpClient = null, CancellationToken cancellationToken = default)
    {
        _options = options ?? throw new ArgumentNullException(nameof(options));
        _httpClient = httpClient ?? new HttpClient { Timeout = TimeSpan.FromSeconds(100) };
        _globalCancelToken = cancellationToken;
    }

    /// <summary>Creates a client of the public API.</summary>
    /// <param name="token">The bot's token.</param>
    /// <param name="httpClient">The client to send with; by default one of its own.</param>
    /// <param name="cancellationToken">Cancels every request of this client.</param>
    public TelegramBotClient(string token, HttpClient? httpClient = null, CancellationToken cancellationToken = default)
        : this(new TelegramBotClientOptions(token), httpClient, cancellationToken)
    {
    }

    /// <inheritdoc/>
    public long BotId => _options.BotId;

    /// <inheritdoc/>
    public TimeSpan Timeout
    {
        get => _httpClient.Timeout;
        set => _httpClient.Timeout = value;
    }

    /// <inheritdoc/>
    public virtual async Task<TResponse> SendRequest<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_globalCancelToken, cancellationToken);

        for (var attempt = 1; ; attempt++)
        {
            using var message = new HttpRequestMessage(request.HttpMethod, $"{_options.BaseRequestUrl}/{request.MethodName}")
            {
                Content = request.ToHttpContent(),
            };
            using var response = await SendAsync(message, stop.Token).ConfigureAwait(false);
            var answer = await ReadAsync<TResponse>(response, stop.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode && answer is { Ok: true, Result: { } result })
                return result;

            if (answer is not { ErrorCode: not 0, Description: { } description })
                throw new RequestException("Required properties not found in response", response.StatusCode);

            var mayRetry = answer.ErrorCode == 429 && _options.RetryThreshold > 0 && attempt < _options.RetryCount;
            if (!mayRetry || answer.Parameters?.RetryAfter is not { } seconds || seconds > _options.RetryThreshold)
                throw new ApiRequestException(description, answer.ErrorCode, answer.Parameters) { HttpStatusCode = response.StatusCode };

            await Task.Delay(TimeSpan.FromSeconds(seconds), stop.Token).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await _httpClient.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException timeout)
        {
            throw new RequestException("Bot API Request timed out", timeout);
        }
        catch (HttpRequestException failure)
        {
            throw new RequestException($"Bot API Service Failure: {failure.GetType().Name}: {failure.Message}", failure);
        }
    }

    private static async Task<ApiResponse<TResponse>?> ReadAsync<TResponse>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync<ApiResponse<TResponse>>(body, JsonBotAPI.Options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is JsonException or IOException or HttpRequestException)
        {
            throw new RequestException($"There was an exception during deserialization of the response: {failure.Message}", response.StatusCode, failure);
        }
    }
}
