using Shop.Auth.Accounts;

namespace Shop.Tests.Unit.Auth;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("correct horse")]
    [InlineData("пароль-из-слов")]
    [InlineData("8 chars!")]
    public void A_long_unusual_password_is_accepted(string password) =>
        Assert.Null(PasswordRules.FindFault(password, "ann@example.com"));

    [Theory]
    [InlineData("short")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("PASSWORD")]
    [InlineData("qwerty123")]
    [InlineData("Annabelle")]
    [InlineData("annabelle@example.com")]
    public void A_short_repetitive_common_or_personal_password_is_refused(string password) =>
        Assert.NotNull(PasswordRules.FindFault(password, "annabelle@example.com"));

    [Fact]
    public void A_password_may_have_128_characters_and_no_more()
    {
        var longest = string.Concat(Enumerable.Repeat("abcdefgh", PasswordRules.MaxLength / 8));

        Assert.Null(PasswordRules.FindFault(longest, "ann@example.com"));
        Assert.NotNull(PasswordRules.FindFault(longest + "i", "ann@example.com"));
    }
}
