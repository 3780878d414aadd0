using Aspire.Dashboard.Shared;
using Aspire.Dashboard.StructuredLogs;
using Aspire.Dashboard.Telemetry;
using Aspire.Dashboard.Traces;
using Microsoft.Extensions.Logging;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>What the search fields of the dashboard find.</summary>
public sealed class FilterTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("   ", true)]
    [InlineData("ACCEPTED order", true)]
    [InlineData("accepted refused", false)]
    [InlineData("\"order was accepted\"", true)]
    [InlineData("\"accepted order\"", false)]
    [InlineData("\"was acc", true)] // Somebody is typing it.
    [InlineData("\"", true)]
    [InlineData("OrderId=4", true)]
    [InlineData("orderid=42", true)]
    [InlineData("OrderId=\"42\"", true)]
    [InlineData("OrderId=\"4\"", false)]
    [InlineData("OrderId=43", false)]
    [InlineData("Reason=\"he said \"\"no\"\" twice\"", true)]
    [InlineData("Reason=\"he said\"", false)]
    [InlineData("a=b", true)] // No attribute, but in the message.
    [InlineData("twice Shop.Orders", true)]
    [InlineData("=", true)]
    public void Words_find_a_log_record(string text, bool found)
    {
        var record = Sample.Log("order was accepted, a=b") with
        {
            Category = "Shop.Orders.Placing",
            Attributes = new AttributeList([new("OrderId", "42"), new("Reason", "he said \"no\" twice")]),
        };

        Assert.Equal(found, new LogFilter(text, null, LogLevel.Trace, default).Matches(record));
    }

    [Theory]
    [InlineData("42")]
    [InlineData("two words")]
    [InlineData("\"in quotes\"")]
    [InlineData("one \" quote")]
    [InlineData("key=value")]
    [InlineData("\"")]
    public void What_asks_for_an_attribute_finds_it(string value)
    {
        var word = Assert.Single(SearchWord.Read(SearchWord.Write("http.route", value)));

        Assert.True(word.Finds([new("Http.Route", value)]));
        Assert.False(word.Finds([new("http.route", $"{value}.")], value));
        Assert.False(word.Finds([new("route", value)]));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("a=b")]
    [InlineData("a\"b")]
    [InlineData("")]
    public void No_word_asks_for_a_key_that_would_be_read_as_something_else(string key) => Assert.Null(SearchWord.Write(key, "1"));

    [Theory]
    [InlineData("", true)]
    [InlineData("order-42", true)]
    [InlineData("POST order-42 refused", true)] // Each word in another span.
    [InlineData("POST order-43", false)]
    [InlineData("\"POST /orders\"", true)]
    [InlineData("\"/orders POST\"", false)]
    [InlineData("order.id=order-4", true)]
    [InlineData("order.id=\"order-4\"", false)]
    [InlineData("retry=\"1\"", true)]
    [InlineData("order.id=\"1\"", false)]
    [InlineData("00000000000000000000000000000007", true)]
    [InlineData(" 00000000000000000000000000000008 ", false)]
    public void Words_find_a_trace(string text, bool found)
    {
        var store = new TraceStore(new TelemetryLimits());
        store.Add([
            Sample.Span(7, 1) with { Name = "POST /orders", StatusMessage = "refused" },
            Sample.Span(7, 2, parent: 1) with { Attributes = new AttributeList([new("order.id", "order-42"), new("retry", "1")]) }]);

        Assert.Equal(found, new TraceFilter(text, null, false, default).Matches(Assert.Single(store.Snapshot())));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public void A_trace_is_as_long_as_from_its_first_begin_to_its_last_end(int least, bool found)
    {
        var store = new TraceStore(new TelemetryLimits());
        store.Add([Sample.Span(1, 1, start: 20, end: 30), Sample.Span(1, 2, parent: 1, start: 0, end: 10), Sample.Span(1, 3, parent: 1, start: 40, end: 60)]);

        Assert.Equal(found, new TraceFilter(null, null, false, TimeSpan.FromMilliseconds(least)).Matches(Assert.Single(store.Snapshot())));
    }
}
