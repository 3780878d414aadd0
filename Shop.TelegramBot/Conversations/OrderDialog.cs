using Shop.TelegramBot.ShopApi;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>Placing orders and looking at them.</summary>
internal sealed partial class OrderDialog(
    OrdersApi orders, AccountDialog account, OrderFollower follower, ILogger<OrderDialog> logger)
{
    private const int Latest = 5;
    private const string PaymentMethod = "wallet";

    /// <summary>Places an order and follows it.</summary>
    /// <returns>Whether the shop took it.</returns>
    public async Task<bool> PlaceAsync(Turn turn, IReadOnlyList<NewOrderItem> items, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (await account.AccessTokenAsync(turn, cancellationToken) is not { } accessToken) return false;

        Order order;
        try
        {
            order = await orders.PlaceAsync(new NewOrder(PaymentMethod, items), idempotencyKey, accessToken, cancellationToken);
        }
        catch (ShopUnavailableException unavailable)
        {
            LogOrderUncertain(unavailable, turn.UpdateId);
            await turn.SayAsync(turn.Texts.OrderUncertain, ToOrders(turn), cancellationToken);
            return false;
        }

        var messageId = await turn.ShowAsync(turn.Texts.Order(order), ToOrders(turn), cancellationToken);
        Follow(turn, order, messageId, accessToken);
        return true;
    }

    public async Task ListAsync(Turn turn, CancellationToken cancellationToken)
    {
        if (await account.AccessTokenAsync(turn, cancellationToken) is not { } accessToken) return;

        var latest = await orders.LatestAsync(Latest, accessToken, cancellationToken);
        var text = latest.Length == 0 ? turn.Texts.NoOrders : turn.Texts.OrdersTitle;
        var rows = latest.Take(Latest).Select(order => new[] { new Press.ShowOrder(order.Id).Button(turn.Texts.OrderLine(order)) });
        await turn.ShowAsync(text, new InlineKeyboardMarkup([.. rows, [new Press.Products(1).Button(turn.Texts.ProductsButton)]]), cancellationToken);
    }

    public async Task ShowAsync(Turn turn, Guid orderId, CancellationToken cancellationToken)
    {
        if (await account.AccessTokenAsync(turn, cancellationToken) is not { } accessToken) return;

        var order = await orders.GetAsync(orderId, accessToken, cancellationToken);
        var messageId = await turn.ShowAsync(turn.Texts.Order(order), ToOrders(turn), cancellationToken);
        Follow(turn, order, messageId, accessToken);
    }

    private void Follow(Turn turn, Order order, int messageId, string accessToken)
    {
        if (!order.IsSettled) follower.Follow(new FollowedOrder(turn.ChatId, messageId, order, accessToken, turn.Texts));
    }

    private static InlineKeyboardMarkup ToOrders(Turn turn) => new([[new Press.ShowOrders().Button(turn.Texts.OrdersButton)]]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "It is not known whether the order of update {UpdateId} was placed.")]
    private partial void LogOrderUncertain(Exception unavailable, int updateId);
}
