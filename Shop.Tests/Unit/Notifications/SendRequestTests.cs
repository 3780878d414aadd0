using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Shop.Notifications.Notifications;
using Shop.ServiceDefaults;

namespace Shop.Tests.Unit.Notifications;

public sealed class SendRequestTests
{
    [Fact]
    public void Values_become_text_and_lists_become_lines()
    {
        var request = Request("""{"amount": 2500.00, "currency": "RUB", "items": ["a", "b"], "reason": null}""");

        Assert.Empty(request.Validate(new ValidationContext(request)));
        Assert.Equal(
            new Dictionary<string, string> { ["amount"] = "2500.00", ["currency"] = "RUB", ["items"] = "a\nb" },
            request.Values());
    }

    [Theory]
    [InlineData("""{"Amount": 1}""")]
    [InlineData("""{"a": {"b": 1}}""")]
    [InlineData("""{"a": [[1]]}""")]
    [InlineData("""{"": "x"}""")]
    public void Other_names_and_shapes_are_refused(string data)
    {
        var request = Request(data);

        Assert.NotEmpty(request.Validate(new ValidationContext(request)));
    }

    [Fact]
    public void The_size_of_the_data_is_bounded()
    {
        var many = Request(JsonSerializer.Serialize(Enumerable.Range(0, 33).ToDictionary(i => "v" + new string('x', i), _ => 1)));
        var huge = Request($$"""{"a": "{{new string('x', 1_001)}}"}""");

        Assert.NotEmpty(many.Validate(new ValidationContext(many)));
        Assert.NotEmpty(huge.Validate(new ValidationContext(huge)));
    }

    private static SendRequest Request(string data) => new(
        "anna@example.com", "payment_processed", Data: JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(data, JsonDefaults.Client));
}
