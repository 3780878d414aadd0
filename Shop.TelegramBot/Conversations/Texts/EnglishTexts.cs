using System.Globalization;
using Shop.TelegramBot.Sessions;
using Shop.TelegramBot.ShopApi;
using Telegram.Bot.Types;

namespace Shop.TelegramBot.Conversations.Texts;

internal sealed class EnglishTexts : BotTexts
{
    public override string Language => "en";

    public override IReadOnlyList<BotCommand> Commands { get; } =
    [
        new() { Command = "products", Description = "the catalogue" },
        new() { Command = "cart", Description = "the cart" },
        new() { Command = "orders", Description = "my orders" },
        new() { Command = "order", Description = "a quick order: /order 1:2,2:1" },
        new() { Command = "login", Description = "sign in: /login email password" },
        new() { Command = "logout", Description = "sign out" },
        new() { Command = "help", Description = "what the bot can do" },
    ];

    public override string Welcome => "Hello! This is Shop.\n\nChoose products, put them into the cart and order them; the order is paid from your wallet. To order, sign in: /login email password";

    public override string Unknown => "I do not understand. This is what I can do: /help";

    public override string LoginUsage => "Write it like this: /login email password";

    public override string SignedIn(string email) => $"You are signed in as {email}.";

    public override string WrongPassword => "The email or the password is wrong.";

    public override string DeletePassword => "The message with your password could not be deleted; please delete it yourself.";

    public override string SignInFirst => "Sign in first: /login email password";

    public override string SignedOut => "You are signed out. The cart is empty.";

    public override string ProductsTitle(int page, int pages) => $"Catalogue, page {page} of {pages}. Press a product to put it into the cart.";

    public override string NoProducts => "The catalogue is empty yet.";

    public override string ProductsButton => "🛍 Catalogue";

    public override string Added(string product, int quantity) => $"{product}: {quantity} in the cart";

    public override string CartTitle => "Cart";

    public override string CartEmpty => "The cart is empty.";

    public override string CartFull => $"No more fits: up to {Cart.MaxLines} products, up to {Cart.MaxQuantity} of each.";

    public override string CartChanged => "The cart has changed, please check it again.";

    public override string CartButton => "🛒 Cart";

    public override string ClearButton => "Clear";

    public override string CheckoutButton(string total) => $"✅ Order for {total}";

    public override string Total(string total) => $"Total: {total}";

    public override string MalformedOrder(string? part) => part switch
    {
        null => $"One order can have up to {Cart.MaxLines} products.",
        "" => "Write numbers and quantities: /order 1:2,2:1 is two of product 1 and one of product 2.",
        _ => $"I do not understand “{part}”. It takes a product number and a quantity from 1 to {Cart.MaxQuantity}, for example: /order 1:2,2:1",
    };

    public override string OrderUncertain => "The shop did not answer, and it is not known whether the order was placed. Look into “My orders” before you order again.";

    public override string OrdersTitle => "Latest orders";

    public override string NoOrders => "No orders yet.";

    public override string OrdersButton => "📦 My orders";

    public override string ShopUnavailable => "The shop does not answer now. Try again in a minute.";

    public override string Refused(ShopRefusedException refused) => refused switch
    {
        { Code: "out_of_stock" } => "There are not so many in stock. Take fewer.",
        { Code: "price_changed" } => "The price has changed. Check the cart and order again.",
        { Code: "unknown_product" } => "There is no such product in the catalogue.",
        { Code: "mixed_currencies" } => "All prices of one order must be in one currency.",
        { Status: 402 } => "There is not enough money in the wallet.",
        { Status: 403 } => "You are not allowed to do this.",
        { Status: 404 } => "There is no such thing.",
        { Status: 409 } => Explain("This cannot be ordered", refused.Reason),
        { Status: 429 } => "Too often. Wait a little.",
        _ => Explain("The shop refused", refused.Reason),
    };

    protected override CultureInfo Culture { get; } = CultureInfo.GetCultureInfo("en-US");

    protected override string OrderName(Order order) => $"Order {ShortId(order)}";

    protected override string Status(string status) => status switch
    {
        "pending" => "⏳ placed, being charged",
        "awaiting_payment" => "💳 waiting for payment",
        "paid" => "💰 paid",
        "confirmed" => "✅ confirmed",
        "failed" => "❌ failed",
        "cancelled" => "🚫 cancelled",
        "refunded" => "↩️ refunded",
        "expired" => "⌛ not paid in time",
        _ => status,
    };

    protected override string? Failure(string reason) => reason switch
    {
        "insufficient_funds" => "not enough money in the wallet",
        "payment_method_unavailable" => "this payment method is not available now",
        _ => null,
    };

    private static string Explain(string what, string? reason) => reason is null ? $"{what}." : $"{what}: {reason}";
}
