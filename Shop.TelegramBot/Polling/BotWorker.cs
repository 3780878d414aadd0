using System.Diagnostics;
using Shop.TelegramBot.Conversations;
using Shop.TelegramBot.Conversations.Texts;
using StackExchange.Redis;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Shop.TelegramBot.Polling;

/// <summary>
/// Receives updates by long polling and confirms them only after they are handled: an update may come twice, but none is lost.
/// While some are still being handled it asks for more now and then instead of waiting at Telegram.
/// </summary>
internal sealed partial class BotWorker(
    ITelegramBotClient bot,
    IServiceScopeFactory scopes,
    BotStatus status,
    TimeProvider clock,
    ILogger<BotWorker> logger) : BackgroundService
{
    /// <summary>The name of the spans of handled updates.</summary>
    public const string ActivitySourceName = "Shop.TelegramBot";

    private const int BatchSize = 50;
    private const int PollSeconds = 50;
    private const int ChatsAtOnce = 8;
    private const int MaxAttempts = 3;
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxHandling = TimeSpan.FromSeconds(60);
    private static readonly UpdateType[] AllowedUpdates = [UpdateType.Message, UpdateType.CallbackQuery];
    private static readonly ActivitySource Activities = new(ActivitySourceName);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var window = new UpdateWindow(ChatsAtOnce, clock);
        var introduced = false;
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!introduced) await IntroduceAsync(stoppingToken);
                introduced = true;
                var wait = window.IsEmpty ? PollSeconds : 0;
                foreach (var update in await bot.GetUpdates(window.Offset, BatchSize, wait, AllowedUpdates, stoppingToken))
                    window.Add(update.Id, ChatOf(update), () => HandleAsync(update, stoppingToken));
                await window.SettleAsync(SettleTime, stoppingToken);
                failures = 0;
                status.Working();
            }
            catch (Exception failure) when (failure is RequestException || IsRedisAway(failure))
            {
                var pause = Pause(failure, failures++);
                status.Failing(failure switch
                {
                    ApiRequestException refused => $"Telegram answered {refused.ErrorCode}",
                    RequestException => "Telegram cannot be reached",
                    _ => "Redis cannot be reached",
                });
                LogPollFailed(failure.Message, pause);
                await Task.Delay(pause, clock, stoppingToken);
            }
        }
    }

    private async Task IntroduceAsync(CancellationToken cancellationToken)
    {
        foreach (var texts in BotTexts.All)
        {
            // The list without a language is for everybody whose language the bot does not speak.
            var language = texts == BotTexts.Default ? null : texts.Language;
            await bot.SetMyCommands(commands: texts.Commands, languageCode: language, cancellationToken: cancellationToken);
        }
    }

    private async Task HandleAsync(Update update, CancellationToken stoppingToken)
    {
        using var activity = Activities.StartActivity($"telegram {update.Type}", ActivityKind.Consumer);
        activity?.SetTag("telegram.update_id", update.Id);

        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(MaxHandling);
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Conversation>().HandleAsync(bot, update, limit.Token);
                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested && !IsRedisAway(failure))
            {
                // One update that cannot be handled must not stop the others.
                activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
                var final = attempt == MaxAttempts || failure is ApiRequestException { ErrorCode: >= 400 and < 500 and not 429 };
                LogHandlingFailed(failure, update.Id, attempt, final);
                if (final) return;
                await Task.Delay(TimeSpan.FromSeconds(attempt), clock, stoppingToken);
            }
        }
    }

    private static long ChatOf(Update update)
        => update.Message?.Chat.Id ?? update.CallbackQuery?.Message?.Chat.Id ?? update.CallbackQuery?.From.Id ?? 0;

    /// <summary>Without sessions nothing can be handled: the updates wait at Telegram until Redis is back.</summary>
    private static bool IsRedisAway(Exception failure) => failure is RedisException or RedisTimeoutException;

    private static TimeSpan Pause(Exception failure, int failures)
    {
        if (failure is ApiRequestException { Parameters.RetryAfter: { } seconds })
            return TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 3600));

        var doubled = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures, 10)));
        var pause = doubled < MaxPause ? doubled : MaxPause;
        return pause * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Receiving updates failed: {Reason}. Trying again in {Pause}.")]
    private partial void LogPollFailed(string reason, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Handling update {UpdateId} failed (attempt {Attempt}, given up: {Final}).")]
    private partial void LogHandlingFailed(Exception failure, int updateId, int attempt, bool final);
}
