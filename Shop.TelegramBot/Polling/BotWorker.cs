using System.Diagnostics;
using Shop.TelegramBot.Conversations;
using Shop.TelegramBot.Conversations.Texts;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Shop.TelegramBot.Polling;

/// <summary>
/// Receives updates by long polling. The updates of one chat are handled one after another, several chats side by side,
/// and a batch is confirmed only after all of it is handled: an update may come twice, but none is lost.
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
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxHandling = TimeSpan.FromSeconds(60);
    private static readonly UpdateType[] AllowedUpdates = [UpdateType.Message, UpdateType.CallbackQuery];
    private static readonly ActivitySource Activities = new(ActivitySourceName);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        int? offset = null;
        var introduced = false;
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            Update[] updates;
            try
            {
                if (!introduced) await IntroduceAsync(stoppingToken);
                introduced = true;
                updates = await bot.GetUpdates(offset, BatchSize, PollSeconds, AllowedUpdates, stoppingToken);
            }
            catch (RequestException failure)
            {
                var pause = Pause(failure, failures++);
                status.Failing(failure is ApiRequestException refused ? $"Telegram answered {refused.ErrorCode}" : "Telegram cannot be reached");
                LogPollFailed(failure.Message, pause);
                await Task.Delay(pause, clock, stoppingToken);
                continue;
            }

            failures = 0;
            status.Working();
            if (updates.Length == 0) continue;

            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ChatsAtOnce, CancellationToken = stoppingToken };
            await Parallel.ForEachAsync(updates.GroupBy(ChatOf), parallel, async (chat, cancellationToken) =>
            {
                foreach (var update in chat) await HandleAsync(update, cancellationToken);
            });
            offset = updates[^1].Id + 1;
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
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
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

    private static TimeSpan Pause(RequestException failure, int failures)
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
