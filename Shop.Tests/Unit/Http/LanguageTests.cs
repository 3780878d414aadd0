using Microsoft.AspNetCore.Http;
using Shop.ServiceDefaults.Http;

namespace Shop.Tests.Unit.Http;

public sealed class LanguageTests
{
    [Theory]
    [InlineData(null, "ru")]
    [InlineData("", "ru")]
    [InlineData("en", "en")]
    [InlineData("en-GB", "en")]
    [InlineData("RU-ru", "ru")]
    [InlineData("de, fr;q=0.9", "ru")]
    [InlineData("de, en;q=0.5, ru;q=0.4", "en")]
    [InlineData("en;q=0.3, ru;q=0.8", "ru")]
    [InlineData("en;q=0, ru;q=0.1", "ru")]
    [InlineData("*", "ru")]
    [InlineData("???;;;", "ru")]
    public async Task The_language_asked_for_most_wins_and_Russian_is_the_default(string? header, string expected)
    {
        var context = new DefaultHttpContext();
        if (header is not null)
            context.Request.Headers.AcceptLanguage = header;

        var language = await Language.BindAsync(context);

        Assert.Equal(expected, language!.Code);
    }

    [Fact]
    public void The_answer_says_which_language_it_is_in_and_that_it_varies()
    {
        var response = new DefaultHttpContext().Response;

        Language.English.WriteHeaders(response);

        Assert.Equal("en", response.Headers.ContentLanguage);
        Assert.Equal("Accept-Language", response.Headers.Vary);
    }
}
