using Shop.Web.Account;

namespace Shop.Tests.Unit.Web;

public sealed class LocalUrlTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/checkout")]
    [InlineData("/orders?page=2")]
    public void A_path_of_the_shop_is_followed(string url) => Assert.Equal(url, LocalUrl.Of(url));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\t/evil.example")]
    public void Anything_else_leads_home(string? url) => Assert.Equal("/", LocalUrl.Of(url));
}
