using System.Xml.Linq;
using Shop.Catalog.Demo;
using Shop.Catalog.Products;

namespace Shop.Tests.Unit.Catalog;

public sealed class ProductPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"/><image href='x' onerror='y'/>")]
    [InlineData("& &amp; ]]> <!--")]
    public void A_name_stays_a_text(string name)
    {
        var picture = XDocument.Parse(ProductPicture.Draw(7, name, "phones"));

        Assert.Equal(name, picture.Root!.Attribute("aria-label")!.Value);
        Assert.DoesNotContain(picture.Descendants(), element => element.Name.LocalName is "script" or "image");
    }

    [Fact]
    public void The_same_product_gets_the_same_picture_and_another_one_another() =>
        Assert.Equal(
            (true, false),
            (ProductPicture.Draw(3, "Книга", "books") == ProductPicture.Draw(3, "Книга", "books"),
             ProductPicture.Draw(3, "Книга", "books") == ProductPicture.Draw(4, "Книга", "books")));

    [Fact]
    public void Every_demo_product_has_a_picture_with_its_categorys_own_sign()
    {
        var demo = DemoCatalogue.Read();
        var unknown = Sign("no such category");
        Assert.All(demo.Products, product => Assert.NotEqual(unknown, Sign(product.Category)));

        static string Sign(string category) => XDocument.Parse(ProductPicture.Draw(1, "x", category)).Root!.Elements(Svg + "g").First().ToString();
    }

    [Theory]
    [InlineData("Телефон", new[] { "Телефон" })]
    [InlineData("Игровой ноутбук Вьюга 15 с большим экраном и подсветкой", new[] { "Игровой ноутбук Вьюга", "15 с большим экраном…" })]
    [InlineData("Самоедалонгнеймбезединогопробела", new[] { "Самоедалонгнеймбезеди…" })]
    public void A_long_name_is_broken_into_two_lines_and_then_cut(string name, string[] expected) =>
        Assert.Equal(expected, ProductPicture.Wrap(name));

    [Fact]
    public void A_character_of_two_halves_is_never_cut_in_two()
    {
        for (var length = 1; length < 40; length++)
        {
            var line = ProductPicture.Wrap(new string('x', length) + string.Concat(Enumerable.Repeat("😀", 30)))[0];
            Assert.True(line.IsNormalized(), "A lone surrogate cannot be normalized.");
            Assert.True(line.Length <= 22);
        }
    }
}
