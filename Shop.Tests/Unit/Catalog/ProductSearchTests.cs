using Shop.Catalog.Products;

namespace Shop.Tests.Unit.Catalog;

public sealed class ProductSearchTests
{
    [Theory]
    [InlineData("Игровой  НОУТБУК", new[] { "игровой", "ноутбук" })]
    [InlineData("phone' | !x:* & (a <-> b)", new[] { "phone", "x", "a", "b" })]
    [InlineData("65 Вт", new[] { "65", "вт" })]
    [InlineData("!!! ':*", new string[0])]
    public void Only_words_get_through_to_the_database(string text, string[] expected) =>
        Assert.Equal(expected, ProductSearch.Words(text));

    [Fact]
    public void The_number_of_words_is_bounded() =>
        Assert.Equal(8, ProductSearch.Words(string.Join(' ', Enumerable.Repeat("слово", 100))).Count);
}
