using System.Net;

namespace Shop.Tests.Integration.Flows;

/// <summary>Pages of the storefront that a person should see also when something is wrong.</summary>
[Collection(ShopGroup.Name)]
public sealed class StorefrontPagesTests(ShopFixture shop)
{
    [Theory]
    [InlineData("/catalog?page=two")]
    [InlineData("/catalog?in_stock=perhaps")]
    [InlineData("/cart?full=2")]
    public async Task A_mistyped_address_is_the_page_without_what_is_mistyped(string address)
    {
        using var response = await GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_page_whose_service_is_away_says_so()
    {
        await shop.StopResourceAsync("catalog");
        try
        {
            using var response = await GetAsync("/");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains("The service is not available right now.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            await shop.StartResourceAsync("catalog");
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string address)
    {
        using var web = shop.CreateClient("web");
        web.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return await web.GetAsync(new Uri(address, UriKind.Relative));
    }
}
