using Shop.TelegramBot.Conversations;
using Shop.TelegramBot.ShopApi;

namespace Shop.Tests.Unit.Telegram;

public sealed class CommandTests
{
    [Theory]
    [InlineData("/order 1:2,2:1")]
    [InlineData("/order 1:2, 2:1")]
    [InlineData("/order@shop_bot 1:2;2")]
    [InlineData("/ORDER 1:2 2")]
    [InlineData("  /order  1:1,2:1,1:1 ")]
    public void An_order_is_understood_however_it_is_written(string text)
    {
        var order = Assert.IsType<Command.PlaceOrder>(Command.Parse(text));

        Assert.Equal([new NewOrderItem(1, 2), new NewOrderItem(2, 1)], order.Items);
    }

    [Theory]
    [InlineData("/order", "")]
    [InlineData("/order ,,", "")]
    [InlineData("/order 1:2,x", "x")]
    [InlineData("/order 1:0", "1:0")]
    [InlineData("/order 1:-2", "1:-2")]
    [InlineData("/order 1:100", "1:100")]
    [InlineData("/order 0:1", "0:1")]
    [InlineData("/order 1:2:3", "1:2:3")]
    [InlineData("/order 1:99,1:1", "1:1")]
    [InlineData("/order 99999999999:1", "99999999999:1")]
    [InlineData("/order 1.5:1", "1.5:1")]
    public void A_malformed_order_names_the_part_that_is_wrong(string text, string part)
        => Assert.Equal(part, Assert.IsType<Command.MalformedOrder>(Command.Parse(text)).Part);

    [Fact]
    public void An_order_of_too_many_products_is_refused()
    {
        var text = "/order " + string.Join(',', Enumerable.Range(1, 21));

        Assert.Null(Assert.IsType<Command.MalformedOrder>(Command.Parse(text)).Part);
    }

    [Fact]
    public void A_long_malformed_part_is_quoted_in_short()
    {
        var malformed = Assert.IsType<Command.MalformedOrder>(Command.Parse("/order " + new string('x', 4000)));

        Assert.True(malformed.Part!.Length <= 41);
    }

    [Fact]
    public void A_password_may_hold_spaces_and_is_never_written_out()
    {
        var login = Assert.IsType<Command.Login>(Command.Parse("/login anna@example.com two  words"));

        Assert.Equal(("anna@example.com", "two  words"), (login.Email, login.Password));
        Assert.DoesNotContain("words", login.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/login anna@example.com")]
    [InlineData("/login anna secret")]
    public void A_login_without_an_email_or_a_password_is_incomplete(string text)
        => Assert.IsType<Command.IncompleteLogin>(Command.Parse(text));

    [Theory]
    [InlineData("/start", typeof(Command.Start))]
    [InlineData("/start deep-link", typeof(Command.Start))]
    [InlineData("/help", typeof(Command.Help))]
    [InlineData("/logout", typeof(Command.Logout))]
    [InlineData("/products", typeof(Command.Products))]
    [InlineData("/cart", typeof(Command.ShowCart))]
    [InlineData("/orders", typeof(Command.ShowOrders))]
    [InlineData("hello", typeof(Command.Unknown))]
    [InlineData("/orderly 1:2", typeof(Command.Unknown))]
    [InlineData("", typeof(Command.Unknown))]
    [InlineData(null, typeof(Command.Unknown))]
    public void Every_other_command_is_known_by_its_first_word(string? text, Type expected)
        => Assert.IsType(expected, Command.Parse(text));
}
