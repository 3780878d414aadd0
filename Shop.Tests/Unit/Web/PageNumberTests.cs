using Shop.Web.Api;

namespace Shop.Tests.Unit.Web;

public sealed class PageNumberTests
{
    [Theory]
    [InlineData(null, 1)]
    [InlineData("", 1)]
    [InlineData("7", 7)]
    [InlineData("0", 1)]
    [InlineData("-3", 1)]
    [InlineData("1e3", 1)]
    [InlineData("99999", 10_000)]
    [InlineData("99999999999999999999", 1)]
    public void What_is_no_page_is_the_first(string? text, int expected) => Assert.Equal(expected, PageNumber.Of(text));
}
