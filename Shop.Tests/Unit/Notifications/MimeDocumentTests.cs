using System.Net.Mail;
using System.Text;
using System.Text.RegularExpressions;
using Shop.Notifications.Email;

namespace Shop.Tests.Unit.Notifications;

public sealed partial class MimeDocumentTests
{
    private static readonly MailAddress From = new("Магазин <noreply@shop.example>");

    private static readonly EmailMessage Message = new(
        Guid.Parse("0192b5a0-0000-7000-8000-000000000001"), new DateTimeOffset(2026, 1, 5, 9, 3, 7, TimeSpan.FromHours(3)), "anna@example.com", "ru",
        "Заказ № DEADBEEF оплачен, и это очень длинная тема письма, которая не помещается в одну строку 😀", "Здравствуйте!\n\nЗаказ оплачен.\n", "<p>Здравствуйте!</p>\n");

    [Fact]
    public void The_document_is_ASCII_in_short_lines_that_end_in_CRLF()
    {
        var document = MimeDocument.Write(Message, From);

        Assert.True(Ascii.IsValid(document));
        Assert.DoesNotContain('\n', document.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.All(document.Split("\r\n"), line => Assert.True(line.Length <= 78, line));
    }

    [Fact]
    public void The_headers_say_who_when_and_what()
    {
        var headers = HeadersOf(MimeDocument.Write(Message, From));

        Assert.Equal("Магазин <noreply@shop.example>", Decode(headers["From"]));
        Assert.Equal("anna@example.com", headers["To"]);
        Assert.Equal(Message.Subject, Decode(headers["Subject"]));
        Assert.Equal("Mon, 05 Jan 2026 06:03:07 +0000", headers["Date"]);
        Assert.Equal("<0192b5a0-0000-7000-8000-000000000001@shop.example>", headers["Message-ID"]);
        Assert.Equal("1.0", headers["MIME-Version"]);
        Assert.Equal("ru", headers["Content-Language"]);
    }

    [Fact]
    public void Text_and_HTML_arrive_as_they_were_written()
    {
        var document = MimeDocument.Write(Message, From);
        var boundary = Regex.Match(document, "boundary=\"([^\"]+)\"").Groups[1].Value;
        var parts = document.Split($"--{boundary}");

        Assert.Equal(4, parts.Length); // The headers, two parts, and the end.
        Assert.Contains("text/plain; charset=utf-8", parts[1], StringComparison.Ordinal);
        Assert.Equal("Здравствуйте!\r\n\r\nЗаказ оплачен.\r\n", BodyOf(parts[1]));
        Assert.Contains("text/html; charset=utf-8", parts[2], StringComparison.Ordinal);
        Assert.Equal("<p>Здравствуйте!</p>\r\n", BodyOf(parts[2]));
        Assert.Equal("--\r\n", parts[3]);
    }

    [Fact]
    public void A_plain_subject_stays_readable_and_one_that_looks_encoded_is_encoded()
    {
        Assert.Equal("Order #1 is paid", HeadersOf(MimeDocument.Write(Message with { Subject = "Order #1 is paid" }, From))["Subject"]);
        var tricky = HeadersOf(MimeDocument.Write(Message with { Subject = "=?utf-8?B?eA==?=" }, From))["Subject"];
        Assert.NotEqual("=?utf-8?B?eA==?=", tricky);
        Assert.Equal("=?utf-8?B?eA==?=", Decode(tricky));
    }

    [Theory]
    [InlineData("anna@example.com\r\nBcc: all@example.com")]
    [InlineData("anna")]
    [InlineData("")]
    [InlineData("анна@example.com")]
    public void What_is_no_address_is_refused_for_good(string recipient) =>
        Assert.True(Assert.Throws<EmailException>(() => MimeDocument.Write(Message with { To = recipient }, From)).IsPermanent);

    private static Dictionary<string, string> HeadersOf(string document) =>
        document[..document.IndexOf("\r\n\r\n", StringComparison.Ordinal)]
            .Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n")
            .ToDictionary(line => line[..line.IndexOf(':', StringComparison.Ordinal)], line => line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]);

    private static string BodyOf(string part) => Encoding.UTF8.GetString(Convert.FromBase64String(
        part[(part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Replace("\r\n", "", StringComparison.Ordinal)));

    /// <remarks>Spaces between encoded words are not part of the text.</remarks>
    private static string Decode(string header) => EncodedWord().Replace(
        Regex.Replace(header, @"\?=\s+=\?", "?==?"),
        word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups[1].Value)));

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=")]
    private static partial Regex EncodedWord();
}
