using System.Collections;
using System.Globalization;
using System.Resources;
using Shop.Web.Localization;

namespace Shop.Tests.Unit.Web;

public sealed class TextsTests
{
    [Fact]
    public void Every_text_is_there_in_both_languages()
    {
        var resources = new ResourceManager(typeof(Texts));
        var english = Read(resources, CultureInfo.InvariantCulture);
        var russian = Read(resources, CultureInfo.GetCultureInfo("ru"));

        Assert.NotEmpty(english);
        Assert.Equal(english.Keys.Order(), russian.Keys.Order());
        Assert.All(english.Keys, key => Assert.Equal(Holes(english[key]), Holes(russian[key])));
    }

    private static Dictionary<string, string> Read(ResourceManager resources, CultureInfo culture) =>
        resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!.Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);

    private static int Holes(string text) => text.Count(character => character == '{');
}
