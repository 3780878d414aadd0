using System.Text;
using Shop.TelegramBot.Conversations;

namespace Shop.Tests.Unit.Telegram;

public sealed class PressTests
{
    public static TheoryData<object> Presses =>
    [
        new Press.Products(7), new Press.Add(int.MaxValue), new Press.ShowCart(), new Press.More(1), new Press.Less(2), new Press.Clear(),
        new Press.Checkout(int.MaxValue), new Press.ShowOrders(), new Press.ShowOrder(Guid.CreateVersion7()),
    ];

    [Theory]
    [MemberData(nameof(Presses))]
    public void What_a_button_holds_is_what_a_press_means(object press)
    {
        var data = ((Press)press).Button("text").CallbackData!;

        Assert.Equal(press, Press.Parse(data));
        Assert.InRange(Encoding.UTF8.GetByteCount(data), 1, 64);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("add")]
    [InlineData("add:-1")]
    [InlineData("order:7")]
    [InlineData("other:1")]
    public void Data_of_somebody_else_means_nothing(string? data) => Assert.Null(Press.Parse(data));
}
