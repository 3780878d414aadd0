using System.ComponentModel.DataAnnotations;
using Shop.Catalog.Demo;
using Shop.Catalog.Products;

namespace Shop.Tests.Unit.Catalog;

public sealed class DemoCatalogueTests
{
    private readonly DemoCatalogue.Catalogue _demo = DemoCatalogue.Read();

    [Fact]
    public void The_first_two_products_are_those_that_the_documentation_orders()
    {
        Assert.Equal((1, "Phone", 500.00m), Describe(_demo.Products[0]));
        Assert.Equal((2, "Laptop", 1500.00m), Describe(_demo.Products[1]));

        static (int, string, decimal) Describe(DemoCatalogue.DemoProduct product) => (product.Id, product.En.Name, product.Price);
    }

    [Fact]
    public void There_is_enough_of_everything()
    {
        Assert.True(_demo.Products.Count >= 60);
        Assert.True(_demo.Categories.Count >= 8);
        Assert.Equal(Enum.GetValues<ProductKind>().ToHashSet(), _demo.Products.Select(product => product.Kind).ToHashSet());
        Assert.All(_demo.Categories, category => Assert.Contains(_demo.Products, product => product.Category == category.Slug));
    }

    [Fact]
    public void Every_product_is_one_that_an_operator_could_have_added()
    {
        Assert.Equal(Enumerable.Range(1, _demo.Products.Count), _demo.Products.Select(product => product.Id));
        Assert.True(_demo.Products.Count <= 1000, "The ids from 1001 on are for the shop's own products.");
        Assert.All(_demo.Products, product =>
        {
            Assert.Contains(_demo.Categories, category => category.Slug == product.Category);
            Assert.Equal(decimal.Round(product.Price, 2), product.Price);
            var input = new NewProduct
            {
                NameRu = product.Ru.Name,
                NameEn = product.En.Name,
                DescriptionRu = product.Ru.Description,
                DescriptionEn = product.En.Description,
                Price = product.Price,
                Category = product.Category,
                Kind = product.Kind,
                Stock = product.Stock,
            };
            Validator.ValidateObject(input, new ValidationContext(input), validateAllProperties: true);
        });
    }
}
