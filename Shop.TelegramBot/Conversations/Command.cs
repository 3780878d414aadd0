using System.Globalization;
using Shop.TelegramBot.Sessions;
using Shop.TelegramBot.ShopApi;

namespace Shop.TelegramBot.Conversations;

/// <summary>What a person typed.</summary>
internal abstract record Command
{
    private const int MaxQuoted = 40;

    public sealed record Start : Command;

    public sealed record Help : Command;

    public sealed record Login(string Email, string Password) : Command
    {
        /// <summary>Without the password, wherever it may be written.</summary>
        public override string ToString() => nameof(Login);
    }

    /// <summary>A login that lacks something; it may hold a password all the same.</summary>
    public sealed record IncompleteLogin : Command;

    public sealed record Logout : Command;

    public sealed record Products : Command;

    public sealed record ShowCart : Command;

    public sealed record ShowOrders : Command;

    public sealed record PlaceOrder(IReadOnlyList<NewOrderItem> Items) : Command;

    /// <summary>An order that cannot be understood.</summary>
    /// <param name="Part">The part that is wrong; empty when nothing was given, null when there are too many.</param>
    public sealed record MalformedOrder(string? Part) : Command
    {
        public static MalformedOrder At(string part) => new(part.Length > MaxQuoted ? part[..MaxQuoted] + "…" : part);
    }

    public sealed record Unknown : Command;

    /// <summary>Understands a message; <c>/order@shop_bot 1:2</c> is <c>/order 1:2</c>.</summary>
    public static Command Parse(string? message)
    {
        var words = (message ?? "").Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0) return new Unknown();

        var rest = words.Length > 1 ? words[1] : "";
        return words[0].Split('@')[0].ToUpperInvariant() switch
        {
            "/START" => new Start(),
            "/HELP" => new Help(),
            "/LOGIN" => ParseLogin(rest),
            "/LOGOUT" => new Logout(),
            "/PRODUCTS" => new Products(),
            "/CART" => new ShowCart(),
            "/ORDERS" => new ShowOrders(),
            "/ORDER" => ParseOrder(rest),
            _ => new Unknown(),
        };
    }

    private static Command ParseLogin(string rest)
    {
        var words = rest.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length == 2 && words[0].Contains('@', StringComparison.Ordinal) ? new Login(words[0], words[1]) : new IncompleteLogin();
    }

    /// <summary><c>1:2,2:1</c> is two of product 1 and one of product 2; <c>1</c> alone is one; a product named twice is added up.</summary>
    private static Command ParseOrder(string rest)
    {
        var parts = rest.Split([',', ';', ' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0) return new MalformedOrder("");

        var cart = Cart.Empty;
        foreach (var part in parts)
        {
            if (ParseItem(part) is not { } item) return MalformedOrder.At(part);
            if (cart.QuantityOf(item.ProductId) + item.Quantity > Cart.MaxQuantity) return MalformedOrder.At(part);
            cart = cart.Change(item.ProductId, item.Quantity, updateId: 0);
            if (cart.Lines.Count > Cart.MaxLines) return new MalformedOrder(null);
        }

        return new PlaceOrder([.. cart.Lines.Select(line => new NewOrderItem(line.ProductId, line.Quantity))]);
    }

    private static CartLine? ParseItem(string part)
    {
        var numbers = part.Split(':');
        if (numbers.Length > 2 || !TryParsePositive(numbers[0], int.MaxValue, out var productId)) return null;
        if (numbers.Length == 1) return new CartLine(productId, 1);
        return TryParsePositive(numbers[1], Cart.MaxQuantity, out var quantity) ? new CartLine(productId, quantity) : null;
    }

    private static bool TryParsePositive(string text, int max, out int number)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;
}
