using Shop.Notifications.Templates;
using Shop.ServiceDefaults.Http;

namespace Shop.Tests.Unit.Notifications;

public sealed class MessageTemplateTests
{
    private const string Text = "Subject: Order {number}\n\nHello, {name}!\n\nPaid: {amount}\nReason: {reason}\n\n{items}\n";

    [Fact]
    public void Values_are_escaped_in_HTML_and_left_alone_in_text()
    {
        var message = Render(new() { ["number"] = "1", ["name"] = "<b>Анна</b> & \"Co\"" })!;

        Assert.Contains("Hello, <b>Анна</b> & \"Co\"!", message.Text, StringComparison.Ordinal);
        Assert.Contains("Hello, &lt;b&gt;Анна&lt;/b&gt; &amp; &quot;Co&quot;!", message.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", message.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_with_a_value_that_is_not_given_is_left_out()
    {
        var message = Render(new() { ["number"] = "1", ["name"] = "Анна", ["amount"] = "5" })!;

        Assert.Equal("Hello, Анна!\n\nPaid: 5\n", message.Text);
    }

    [Fact]
    public void A_line_break_in_a_value_is_one_in_the_message()
    {
        var message = Render(new() { ["number"] = "1", ["items"] = "a\nb" })!;

        Assert.Equal("a\nb\n", message.Text);
        Assert.Contains("<p>a<br>b</p>", message.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_is_not_a_template_again() =>
        Assert.Equal("Hello, {reason}!\n", Render(new() { ["number"] = "1", ["name"] = "{reason}" })!.Text);

    [Fact]
    public void A_subject_stays_one_line() =>
        Assert.Equal("Order 1 Bcc: all@example.com", Render(new() { ["number"] = "1\r\nBcc: all@example.com" })!.Subject);

    [Fact]
    public void Without_a_subject_there_is_no_message() => Assert.Null(Render([]));

    [Theory]
    [InlineData("")]
    [InlineData("Hello!")]
    [InlineData("Subject: x\nno empty line")]
    public void A_text_of_another_form_is_refused(string text) =>
        Assert.Throws<FormatException>(() => MessageTemplate.Parse("en", text));

    [Fact]
    public void Every_template_can_be_filled_in_for_an_order_in_every_language()
    {
        var templates = new MessageTemplates();
        var orderId = Guid.Parse("0192b5a0-0000-7000-8000-0000deadbeef");
        var data = new MessageData(orderId, "Анна", [new MessageItem("Телефон", 2)], new Dictionary<string, string>
        {
            ["amount"] = "1234567.5",
            ["currency"] = "RUB",
        });

        Assert.Contains(MessageTemplates.PaymentProcessed, templates.Names);
        foreach (var name in templates.Names)
        {
            var russian = templates.Render(name, Language.Russian, data)!;
            var english = templates.Render(name, Language.English, data)!;
            Assert.Contains("№ DEADBEEF", russian.Subject, StringComparison.Ordinal);
            Assert.Contains("#DEADBEEF", english.Subject, StringComparison.Ordinal);
            Assert.StartsWith("Здравствуйте, Анна!", russian.Text, StringComparison.Ordinal);
            Assert.StartsWith("Hello, Анна!", english.Text, StringComparison.Ordinal);
            Assert.Contains("Телефон × 2", english.Text, StringComparison.Ordinal);
            Assert.All([russian.Text, russian.Html, english.Text], text => Assert.DoesNotContain('{', text));
        }
        Assert.Contains("1\u00A0234\u00A0567,50\u00A0₽", templates.Render(MessageTemplates.PaymentProcessed, Language.Russian, data)!.Text, StringComparison.Ordinal);
        Assert.Contains("RUB\u00A01,234,567.50", templates.Render(MessageTemplates.PaymentProcessed, Language.English, data)!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("insufficient_funds", "Причина: на кошельке недостаточно денег", "Reason: there is not enough money in the wallet")]
    [InlineData("payment_method_unavailable", "Причина: этот способ оплаты сейчас недоступен", "Reason: this payment method is not available now")]
    [InlineData("gateway_error_17", "Причина: платёж отклонён", "Reason: the payment was declined")]
    [InlineData("", "Причина: платёж отклонён", "Reason: the payment was declined")]
    public void The_reason_of_a_failed_payment_is_in_words(string code, string russian, string english)
    {
        var templates = new MessageTemplates();
        var data = new MessageData(Guid.CreateVersion7(), null, [], new Dictionary<string, string> { ["reason"] = code });

        Assert.Contains(russian, templates.Render(MessageTemplates.PaymentFailed, Language.Russian, data)!.Text, StringComparison.Ordinal);
        Assert.Contains(english, templates.Render(MessageTemplates.PaymentFailed, Language.English, data)!.Text, StringComparison.Ordinal);
    }

    private static RenderedMessage? Render(Dictionary<string, string> values) => MessageTemplate.Parse("en", Text).Render(values);
}
