using System.Threading.Channels;
using Shop.TelegramBot.Conversations.Texts;
using Shop.TelegramBot.ShopApi;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>A message that shows an order.</summary>
internal sealed record FollowedOrder(long ChatId, int MessageId, Order Order, string AccessToken, BotTexts Texts);

/// <summary>Keeps messages about orders true: asks for the status, less and less often, for a minute or until it is final.</summary>
internal sealed partial class OrderFollower(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OrderFollower> logger) : BackgroundService
{
    private const int MaxFollowed = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<FollowedOrder> _waiting = Channel.CreateBounded<FollowedOrder>(MaxFollowed);

    /// <summary>Follows an order, unless too many are followed already: then the customer still has the list of orders.</summary>
    public void Follow(FollowedOrder followed)
    {
        if (!_waiting.Writer.TryWrite(followed)) LogTooMany(followed.Order.Id);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxFollowed, CancellationToken = stoppingToken };
        return Parallel.ForEachAsync(_waiting.Reader.ReadAllAsync(stoppingToken), parallel, async (followed, cancellationToken) =>
        {
            try
            {
                await FollowToTheEndAsync(followed, cancellationToken);
            }
            catch (Exception failure) when (failure is RequestException or ShopRefusedException)
            {
                // The chat or the order is out of reach; the other orders go on.
                LogLost(failure, followed.Order.Id);
            }
        });
    }

    private async Task FollowToTheEndAsync(FollowedOrder followed, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var orders = scope.ServiceProvider.GetRequiredService<OrdersApi>();
        var bot = scope.ServiceProvider.GetRequiredService<ITelegramBotClient>();
        var buttons = new InlineKeyboardMarkup([[new Press.ShowOrders().Button(followed.Texts.OrdersButton)]]);

        var shown = followed.Order;
        var pause = FirstPause;
        for (var started = clock.GetTimestamp(); !shown.IsSettled && clock.GetElapsedTime(started) < Patience;)
        {
            await Task.Delay(pause, clock, cancellationToken);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;

            if (await TryGetAsync(orders, followed, cancellationToken) is not { } order || order.Status == shown.Status) continue;
            shown = order;
            await bot.RewriteAsync(followed.ChatId, followed.MessageId, followed.Texts.Order(order), buttons, cancellationToken);
        }
    }

    private async Task<Order?> TryGetAsync(OrdersApi orders, FollowedOrder followed, CancellationToken cancellationToken)
    {
        try
        {
            return await orders.GetAsync(followed.Order.Id, followed.AccessToken, cancellationToken);
        }
        catch (ShopUnavailableException unavailable)
        {
            LogUnavailable(followed.Order.Id, unavailable.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order {OrderId} is not followed: too many are.")]
    private partial void LogTooMany(Guid orderId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order {OrderId} is followed no more.")]
    private partial void LogLost(Exception failure, Guid orderId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The status of order {OrderId} is not known now: {Reason}.")]
    private partial void LogUnavailable(Guid orderId, string reason);
}
