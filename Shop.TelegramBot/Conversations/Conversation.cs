using Shop.TelegramBot.Conversations.Texts;
using Shop.TelegramBot.Sessions;
using Shop.TelegramBot.ShopApi;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>Handles an update of a private chat: every command and every button, by name.</summary>
internal sealed partial class Conversation(
    ISessionStore sessions,
    AccountDialog account,
    CatalogDialog catalog,
    CartDialog cart,
    OrderDialog orders,
    ILogger<Conversation> logger)
{
    public async Task HandleAsync(ITelegramBotClient bot, Update update, CancellationToken cancellationToken)
    {
        // Passwords and orders are nobody else's business: the bot does not speak in groups.
        var message = update.Message ?? update.CallbackQuery?.Message;
        var person = update.Message?.From ?? update.CallbackQuery?.From;
        if (message is not { Chat: { Type: ChatType.Private } chat } || person is null) return;

        var isPress = update.CallbackQuery is not null;
        var turn = new Turn(bot, update.Id, chat.Id, message.Id, isPress, BotTexts.For(person.LanguageCode))
        {
            Session = await sessions.LoadAsync(chat.Id, cancellationToken),
        };
        if (turn.Session.HasHandled(update.Id)) return;

        try
        {
            await (isPress ? PressAsync(turn, update.CallbackQuery!, cancellationToken) : TypeAsync(turn, message.Text, cancellationToken));
        }
        catch (ShopRefusedException refused)
        {
            await RefuseAsync(turn, refused, cancellationToken);
        }
        catch (ShopUnavailableException unavailable)
        {
            LogShopUnavailable(unavailable, update.Id);
            await turn.SayAsync(turn.Texts.ShopUnavailable, null, cancellationToken);
        }

        await sessions.SaveAsync(chat.Id, turn.Session with { LastUpdateId = update.Id }, cancellationToken);
        if (isPress) await AnswerAsync(bot, update.CallbackQuery!.Id, turn.Notice, cancellationToken);
    }

    private Task TypeAsync(Turn turn, string? text, CancellationToken cancellationToken) => Command.Parse(text) switch
    {
        Command.Start => turn.SayAsync(turn.Texts.Welcome, Menu(turn.Texts), cancellationToken),
        Command.Help => turn.SayAsync(turn.Texts.Help, Menu(turn.Texts), cancellationToken),
        Command.Login login => account.SignInAsync(turn, login, cancellationToken),
        Command.IncompleteLogin => AccountDialog.ExplainAsync(turn, cancellationToken),
        Command.Logout => account.SignOutAsync(turn, cancellationToken),
        Command.Products => catalog.ShowAsync(turn, page: 1, cancellationToken),
        Command.ShowCart => cart.ShowAsync(turn, cancellationToken),
        Command.ShowOrders => orders.ListAsync(turn, cancellationToken),
        Command.PlaceOrder order => orders.PlaceAsync(turn, order.Items, turn.IdempotencyKey(turn.UpdateId), cancellationToken),
        Command.MalformedOrder malformed => turn.SayAsync(turn.Texts.MalformedOrder(malformed.Part), null, cancellationToken),
        _ => turn.SayAsync(turn.Texts.Unknown, Menu(turn.Texts), cancellationToken),
    };

    private Task PressAsync(Turn turn, CallbackQuery query, CancellationToken cancellationToken) => Press.Parse(query.Data) switch
    {
        Press.Products products => catalog.ShowAsync(turn, products.Page, cancellationToken),
        Press.Add add => cart.AddAsync(turn, add.ProductId, cancellationToken),
        Press.ShowCart => cart.ShowAsync(turn, cancellationToken),
        Press.More more => cart.ChangeAsync(turn, more.ProductId, +1, cancellationToken),
        Press.Less less => cart.ChangeAsync(turn, less.ProductId, -1, cancellationToken),
        Press.Clear => cart.ClearAsync(turn, cancellationToken),
        Press.Checkout checkout => cart.CheckoutAsync(turn, checkout.Revision, cancellationToken),
        Press.ShowOrders => orders.ListAsync(turn, cancellationToken),
        Press.ShowOrder order => orders.ShowAsync(turn, order.OrderId, cancellationToken),
        _ => turn.SayAsync(turn.Texts.Unknown, Menu(turn.Texts), cancellationToken),
    };

    private static async Task RefuseAsync(Turn turn, ShopRefusedException refused, CancellationToken cancellationToken)
    {
        if (refused.Status == StatusCodes.Status401Unauthorized)
        {
            turn.Session = turn.Session with { Account = null };
            await turn.SayAsync(turn.Texts.SignInFirst, null, cancellationToken);
            return;
        }

        await turn.SayAsync(turn.Texts.Refused(refused), null, cancellationToken);
    }

    private async Task AnswerAsync(ITelegramBotClient bot, string queryId, string? notice, CancellationToken cancellationToken)
    {
        try
        {
            await bot.AnswerCallbackQuery(callbackQueryId: queryId, text: notice, cancellationToken: cancellationToken);
        }
        catch (ApiRequestException tooLate) when (tooLate.ErrorCode == 400)
        {
            // The person has long stopped waiting; the answer itself is in the chat.
            LogAnsweredTooLate(queryId);
        }
    }

    private static InlineKeyboardMarkup Menu(BotTexts texts) => new(
    [
        [new Press.Products(1).Button(texts.ProductsButton)],
        [new Press.ShowCart().Button(texts.CartButton), new Press.ShowOrders().Button(texts.OrdersButton)],
    ]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The shop did not answer while update {UpdateId} was handled.")]
    private partial void LogShopUnavailable(Exception unavailable, int updateId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Callback query {QueryId} was answered too late.")]
    private partial void LogAnsweredTooLate(string queryId);
}
