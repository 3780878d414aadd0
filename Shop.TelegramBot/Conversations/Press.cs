using System.Diagnostics;
using System.Globalization;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>What a button does; its data is written <c>verb:argument</c>, in at most 64 bytes.</summary>
internal abstract record Press
{
    public sealed record Products(int Page) : Press;

    public sealed record Add(int ProductId) : Press;

    public sealed record ShowCart : Press;

    public sealed record More(int ProductId) : Press;

    public sealed record Less(int ProductId) : Press;

    public sealed record Clear : Press;

    /// <summary>Orders the cart as it was when the button was shown.</summary>
    public sealed record Checkout(int Revision) : Press;

    public sealed record ShowOrders : Press;

    public sealed record ShowOrder(Guid OrderId) : Press;

    /// <summary>A button with this effect.</summary>
    public InlineKeyboardButton Button(string text) => InlineKeyboardButton.WithCallbackData(text, ToData());

    /// <returns>Null when the data is not one of the bot's own.</returns>
    public static Press? Parse(string? data)
    {
        var parts = (data ?? "").Split(':', 2);
        var argument = parts.Length > 1 ? parts[1] : "";
        var number = int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        return parts[0] switch
        {
            "products" => new Products(Math.Max(1, number)),
            "add" when number > 0 => new Add(number),
            "cart" => new ShowCart(),
            "more" when number > 0 => new More(number),
            "less" when number > 0 => new Less(number),
            "clear" => new Clear(),
            "checkout" when number > 0 => new Checkout(number),
            "orders" => new ShowOrders(),
            "order" when Guid.TryParse(argument, out var orderId) => new ShowOrder(orderId),
            _ => null,
        };
    }

    private string ToData() => FormattableString.Invariant(this switch
    {
        Products products => $"products:{products.Page}",
        Add add => $"add:{add.ProductId}",
        ShowCart => $"cart",
        More more => $"more:{more.ProductId}",
        Less less => $"less:{less.ProductId}",
        Clear => $"clear",
        Checkout checkout => $"checkout:{checkout.Revision}",
        ShowOrders => $"orders",
        ShowOrder order => $"order:{order.OrderId}",
        _ => throw new UnreachableException(),
    });
}
