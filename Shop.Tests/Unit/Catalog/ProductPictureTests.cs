using System.Xml.Linq;
using Shop.Catalog.Demo;
using Shop.Catalog.Products;

namespace Shop.Tests.Unit.Catalog;

public sealed class ProductPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void The_same_product_gets_the_same_picture_and_another_one_another() =>
        Assert.Equal(
            (true, false),
            (ProductPicture.Draw(3, "books") == ProductPicture.Draw(3, "books"),
             ProductPicture.Draw(3, "books") == ProductPicture.Draw(4, "books")));

    [Fact]
    public void Every_demo_product_has_a_picture_with_its_categorys_own_sign()
    {
        var demo = DemoCatalogue.Read();
        var unknown = Sign("no such category");
        Assert.All(demo.Products, product => Assert.NotEqual(unknown, Sign(product.Category)));

        static string Sign(string category) => XDocument.Parse(ProductPicture.Draw(1, category)).Root!.Elements(Svg + "g").First().ToString();
    }
}
