using System.Globalization;
using Shop.Web.Localization;

namespace Shop.Tests.Unit.Web;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("ru", "1 234,50 ₽")]
    [InlineData("en", "1,234.50 ₽")]
    public void An_amount_is_written_as_the_reader_does(string language, string expected)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language);

        Assert.Equal(expected.Replace(' ', '\u00A0'), LanguageExtensions.Money(1234.5m, "RUB"));
    }

    [Fact]
    public void Currencies_are_never_added_together()
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");

        var sum = LanguageExtensions.Sum([(10m, "RUB"), (5m, "USD"), (0.5m, "RUB")]);

        Assert.Equal("10.50\u00A0₽ + 5.00\u00A0USD", sum);
    }
}
