using Shop.Auth.Accounts;

namespace Shop.Tests.Unit.Auth;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData(" Ann@Example.COM ", "ann@example.com")]
    [InlineData("a.b+tag@sub.example.org", "a.b+tag@sub.example.org")]
    [InlineData("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai")]
    public void An_address_is_kept_in_one_form(string text, string expected)
    {
        Assert.True(EmailAddress.TryNormalize(text, out var address));
        Assert.Equal(expected, address);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("@example.com")]
    [InlineData("ann@")]
    [InlineData("ann@localhost")]
    [InlineData("ann@example..com")]
    [InlineData(".ann@example.com")]
    [InlineData("ann bob@example.com")]
    [InlineData("ann@example.com\r\nBcc: bob@example.com")]
    [InlineData("ann@bob@example.com")]
    public void What_is_no_address_is_refused(string? text) => Assert.False(EmailAddress.TryNormalize(text, out _));

    [Fact]
    public void An_address_longer_than_a_mail_server_takes_is_refused()
    {
        Assert.False(EmailAddress.TryNormalize($"{new string('a', 65)}@example.com", out _));
        Assert.False(EmailAddress.TryNormalize($"ann@{string.Join('.', Enumerable.Repeat(new string('a', 60), 5))}.com", out _));
    }
}
