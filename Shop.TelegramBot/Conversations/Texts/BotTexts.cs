using System.Globalization;
using Shop.TelegramBot.ShopApi;
using Telegram.Bot.Types;

namespace Shop.TelegramBot.Conversations.Texts;

/// <summary>Everything the bot says. Each language is one class, so none can lack a text.</summary>
internal abstract class BotTexts
{
    public static BotTexts Russian { get; } = new RussianTexts();

    public static BotTexts English { get; } = new EnglishTexts();

    public static IReadOnlyList<BotTexts> All { get; } = [Russian, English];

    /// <summary>For everybody whose language the bot does not speak.</summary>
    public static BotTexts Default => English;

    /// <summary>The texts for an IETF language tag such as <c>ru</c> or <c>en-GB</c>.</summary>
    public static BotTexts For(string? languageTag)
        => All.FirstOrDefault(texts => texts.Language == languageTag?.Split('-')[0]) ?? Default;

    /// <summary>The two-letter code.</summary>
    public abstract string Language { get; }

    public abstract IReadOnlyList<BotCommand> Commands { get; }

    public abstract string Welcome { get; }

    public string Help => string.Join('\n', Commands.Select(command => $"/{command.Command} — {command.Description}"));

    public abstract string Unknown { get; }

    public abstract string LoginUsage { get; }

    public abstract string SignedIn(string email);

    public abstract string WrongPassword { get; }

    public abstract string DeletePassword { get; }

    public abstract string SignInFirst { get; }

    public abstract string SignedOut { get; }

    public abstract string ProductsTitle(int page, int pages);

    public abstract string NoProducts { get; }

    public abstract string ProductsButton { get; }

    public abstract string Added(string product, int quantity);

    public abstract string CartTitle { get; }

    public abstract string CartEmpty { get; }

    public abstract string CartFull { get; }

    public abstract string CartChanged { get; }

    public abstract string CartButton { get; }

    public abstract string ClearButton { get; }

    public abstract string CheckoutButton(string total);

    public abstract string Total(string total);

    /// <param name="part">The part that is wrong; empty when nothing was given, null when there are too many.</param>
    public abstract string MalformedOrder(string? part);

    public abstract string OrderUncertain { get; }

    public abstract string OrdersTitle { get; }

    public abstract string NoOrders { get; }

    public abstract string OrdersButton { get; }

    public abstract string ShopUnavailable { get; }

    public abstract string Refused(ShopRefusedException refused);

    /// <summary>An order as a message.</summary>
    public string Order(Order order)
    {
        var items = (order.Items ?? []).Select(item => $"{item.Name ?? $"№ {item.ProductId}"} × {item.Quantity}");
        return $"{OrderName(order)}\n{Outcome(order)}\n\n{string.Join('\n', items)}\n\n{Total(Money(order.TotalAmount, order.Currency))}";
    }

    /// <summary>An order as one line.</summary>
    public string OrderLine(Order order) => $"{OrderName(order)} · {Money(order.TotalAmount, order.Currency)} · {Status(order.Status)}";

    public string Money(decimal amount, string currency) => $"{amount.ToString("N2", Culture)} {(currency == "RUB" ? "₽" : currency)}";

    protected abstract CultureInfo Culture { get; }

    protected abstract string OrderName(Order order);

    protected abstract string Status(string status);

    /// <summary>Why an order failed, by the code of the reason; null when there is nothing to say about it.</summary>
    protected abstract string? Failure(string reason);

    private string Outcome(Order order) => order.FailureReason is { } reason && Failure(reason) is { } failure
        ? $"{Status(order.Status)}: {failure}"
        : Status(order.Status);

    /// <summary>The end of the id: ids made in the same minute begin alike.</summary>
    protected static string ShortId(Order order) => order.Id.ToString("N")[^6..].ToUpperInvariant();
}
