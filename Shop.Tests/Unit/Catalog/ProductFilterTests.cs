using System.ComponentModel.DataAnnotations;
using Shop.Catalog.Products;

namespace Shop.Tests.Unit.Catalog;

public sealed class ProductFilterTests
{
    [Fact]
    public void The_whole_list_is_the_one_that_is_cached()
    {
        Assert.True(new ProductFilter().IsEmpty);
        Assert.True(new ProductFilter { Search = " ", Category = "", Sort = "" }.IsEmpty);
        Assert.False(new ProductFilter { Search = "x" }.IsEmpty);
        Assert.False(new ProductFilter { InStock = false }.IsEmpty);
        Assert.False(new ProductFilter { Sort = "newest" }.IsEmpty);
        Assert.False(new ProductFilter { MinPrice = 0 }.IsEmpty);
    }

    [Fact]
    public void Each_rule_of_the_query_is_checked()
    {
        Assert.Empty(Errors(new ProductFilter { MinPrice = 1, MaxPrice = 1, Sort = "price_asc", Search = "x" }));
        Assert.Equal(["MinPrice"], Errors(new ProductFilter { MinPrice = 2, MaxPrice = 1 }));
        Assert.Equal(["MaxPrice"], Errors(new ProductFilter { MaxPrice = -1 }));
        Assert.Equal(["Sort"], Errors(new ProductFilter { Sort = "price; drop table" }));
        Assert.Equal(["Search"], Errors(new ProductFilter { Search = new string('x', 101) }));
    }

    private static IEnumerable<string> Errors(ProductFilter filter)
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(filter, new ValidationContext(filter), results, validateAllProperties: true);
        return results.SelectMany(result => result.MemberNames);
    }
}
