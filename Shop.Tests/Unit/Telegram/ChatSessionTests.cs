using Shop.TelegramBot.Sessions;

namespace Shop.Tests.Unit.Telegram;

public sealed class ChatSessionTests
{
    [Theory]
    [InlineData(500, true)]
    [InlineData(451, true)]
    [InlineData(501, false)]
    public void An_update_that_comes_again_is_known(int updateId, bool handled)
        => Assert.Equal(handled, new ChatSession { LastUpdateId = 500 }.HasHandled(updateId));

    [Fact]
    public void A_new_sequence_of_update_ids_is_not_taken_for_the_old_one()
        => Assert.False(new ChatSession { LastUpdateId = 1_000_000 }.HasHandled(5));

    [Fact]
    public void A_cart_counts_and_forgets_what_is_gone()
    {
        var cart = Cart.Empty.Change(1, +1, 10).Change(2, +3, 11).Change(1, +1, 12).Change(2, -3, 13);

        Assert.Equal([new CartLine(1, 2)], cart.Lines);
        Assert.Equal(13, cart.Revision);
    }

    [Fact]
    public void A_cart_has_bounds()
    {
        var full = Enumerable.Range(1, Cart.MaxLines).Aggregate(Cart.Empty, (cart, product) => cart.Change(product, Cart.MaxQuantity, product));

        Assert.False(full.CanAdd(Cart.MaxLines + 1));
        Assert.False(full.CanAdd(1));
        Assert.Equal(Cart.MaxQuantity, full.Change(1, +5, 1).QuantityOf(1));
        Assert.True(full.Change(1, -1, 1).CanAdd(1));
    }
}
