using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using Shop.Messaging.Operations;

namespace Shop.Tests.Unit.Messaging;

/// <summary>What an operator is told of a message that could not be handled.</summary>
public sealed class DeadLetterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Errors_that_differ_in_ids_alone_are_one_group()
    {
        var one = Failed("order.created", "Shop.Lost", $"Shop.Lost: no row {Guid.NewGuid()}\n   at Handler");

        Assert.Equal(one.GroupId, Failed("order.created", "Shop.Lost", $"Shop.Lost: no row {Guid.NewGuid()}\n   at Other").GroupId);
        Assert.NotEqual(one.GroupId, Failed("order.cancelled", "Shop.Lost", $"Shop.Lost: no row {Guid.NewGuid()}").GroupId);
        Assert.NotEqual(one.GroupId, Failed("order.created", "Shop.Found", $"Shop.Lost: no row {Guid.NewGuid()}").GroupId);
        Assert.NotEqual(one.GroupId, Failed("order.created", "Shop.Lost", "Shop.Lost: two rows").GroupId);
        Assert.Matches("^[0-9a-f]{16}$", new DeadLetter(Message(new BasicProperties())).GroupId);
    }

    [Theory]
    [InlineData("id", true)]
    [InlineData(" ORDER-1 ", true)]
    [InlineData("0af7651916cd43dd8448eb211c80319c", true)]
    [InlineData("b7ad6b7169203331", false)]
    [InlineData("", false)]
    public void It_is_found_by_its_id_its_key_and_its_trace(string search, bool isFound)
    {
        var letter = new DeadLetter(Message(new BasicProperties
        {
            MessageId = "id",
            CorrelationId = "order-1",
            Headers = new Dictionary<string, object?> { ["traceparent"] = Bytes("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") },
        }));

        Assert.Equal(isFound, letter.IsAbout(search));
    }

    [Fact]
    public void A_replay_adds_its_time_and_forgets_the_failures()
    {
        var first = Failed("order.created", "Test", "Test: no");
        var once = first.PropertiesForReplay(Now);
        Assert.Equal(["x-shop-replays"], once.Headers!.Keys);

        var twice = new DeadLetter(Message(AsReceived(once))).PropertiesForReplay(Now.AddHours(1));
        Assert.Equal([Now, Now.AddHours(1)], new DeadLetter(Message(AsReceived(twice))).Replays);
    }

    [Fact]
    public void Only_the_latest_replays_are_kept_and_what_is_none_is_no_moment()
    {
        List<object?> nonsense = [Bytes("never"), 7, null];
        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["x-shop-replays"] = nonsense } };
        Assert.All(new DeadLetter(Message(properties)).Replays, Assert.Null);

        for (var replay = 0; replay < 30; replay++)
            properties = AsReceived(new DeadLetter(Message(properties)).PropertiesForReplay(Now.AddMinutes(replay)));
        var kept = new DeadLetter(Message(properties)).Replays.ToList();
        Assert.Equal((20, Now.AddMinutes(29)), (kept.Count, kept[^1]));
    }

    [Fact]
    public void The_waits_that_are_over_are_retries()
    {
        var letter = new DeadLetter(Message(new BasicProperties
        {
            Headers = new Dictionary<string, object?>
            {
                ["x-shop-last-failure"] = Bytes(Now.AddHours(1).ToString("O", CultureInfo.InvariantCulture)),
                ["x-death"] = new List<object?>
                {
                    new Dictionary<string, object?> { ["reason"] = Bytes("expired"), ["time"] = new AmqpTimestamp(Now.ToUnixTimeSeconds()) },
                    new Dictionary<string, object?> { ["reason"] = Bytes("rejected"), ["time"] = new AmqpTimestamp(Now.ToUnixTimeSeconds()) },
                    "nonsense",
                },
            },
        }));

        Assert.Equal([Now], letter.Retries);
    }

    private static DeadLetter Failed(string type, string errorType, string error) => new(Message(new BasicProperties
    {
        MessageId = Guid.CreateVersion7().ToString(),
        Type = type,
        Headers = new Dictionary<string, object?>
        {
            ["x-shop-error-type"] = Bytes(errorType), ["x-shop-error"] = Bytes(error), ["x-shop-attempts"] = 4,
        },
    }));

    /// <summary>Texts in headers come from the broker as bytes.</summary>
    private static BasicProperties AsReceived(BasicProperties sent) => new(sent)
    {
        Headers = sent.Headers!.ToDictionary(
            header => header.Key,
            header => header.Value is IList<object?> list ? list.Select(item => item is string text ? Bytes(text) : item).ToList() : header.Value),
    };

    private static BasicGetResult Message(BasicProperties properties) => new(1, false, "", "queue", 0, properties, "{}"u8.ToArray());

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
