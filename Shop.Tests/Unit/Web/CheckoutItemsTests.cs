using Shop.Web.Cart;
using Shop.Web.Catalog;
using Shop.Web.Checkout;
using Shop.Web.Orders;

namespace Shop.Tests.Unit.Web;

public sealed class CheckoutItemsTests
{
    [Fact]
    public void What_the_form_carries_is_what_the_buyer_saw()
    {
        CartLine[] lines = [new(Product(1, 500.00m), 2), new(Product(2, 1500.50m), 1)];

        var items = CheckoutItems.Read(CheckoutItems.Write(lines));

        Assert.Equal([new NewItem(1, 2, 500.00m), new NewItem(2, 1, 1500.50m)], items!);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1:2")]
    [InlineData("1:0:5")]
    [InlineData("1:101:5")]
    [InlineData("-1:1:5")]
    [InlineData("1:1:-5")]
    [InlineData("1:1:1e9")]
    [InlineData("1:1:5,")]
    [InlineData("a:b:c")]
    public void A_form_that_was_tampered_with_is_refused(string? text) => Assert.Null(CheckoutItems.Read(text));

    [Fact]
    public void A_form_with_too_many_products_is_refused()
    {
        Assert.NotNull(CheckoutItems.Read(string.Join(',', Enumerable.Repeat("1:1:5", CartLines.MaxProducts))));
        Assert.Null(CheckoutItems.Read(string.Join(',', Enumerable.Repeat("1:1:5", CartLines.MaxProducts + 1))));
    }

    private static ProductDetails Product(int id, decimal price) => new(id, "Name", "Text", price, "RUB", "phones", "/image.svg", true, 10);
}
