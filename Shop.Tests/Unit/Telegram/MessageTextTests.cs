using Shop.TelegramBot.Conversations;

namespace Shop.Tests.Unit.Telegram;

public sealed class MessageTextTests
{
    [Fact]
    public void What_fits_stays() => Assert.Equal("text", MessageText.Fit("text"));

    [Fact]
    public void What_is_too_much_ends_in_an_ellipsis_and_in_no_half_character()
    {
        var cut = MessageText.Fit(string.Concat(Enumerable.Repeat("😀", MessageText.MaxLength)));

        Assert.InRange(cut.Length, MessageText.MaxLength - 1, MessageText.MaxLength);
        Assert.EndsWith("😀…", cut, StringComparison.Ordinal);
    }
}
