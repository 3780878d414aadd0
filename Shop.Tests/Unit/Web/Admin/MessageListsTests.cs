using Shop.Web.Admin.Messaging;
using Shop.Web.Api;

namespace Shop.Tests.Unit.Web.Admin;

/// <summary>What several services say of their messages, put together.</summary>
public sealed class MessageListsTests
{
    private static readonly DateTimeOffset Moment = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Groups_of_all_services_are_one_list_with_the_largest_first()
    {
        var stuck = StuckGroups.Of(
        [
            new Answer<DeadLetterGroups>("catalog", new DeadLetterGroups("catalog_queue", 2, 0, [Group("few", 2)]), null),
            new("orders", null, "no_answer"),
            new("payments", new DeadLetterGroups("payment_queue", 1_010, 7, [Group("many", 1_000), Group("one", 1)]), null),
        ]);

        Assert.Equal([("payments", "many"), ("catalog", "few"), ("payments", "one")], stuck.Groups.Select(group => (group.Service, group.Id)));
        Assert.Equal([new("orders", "no_answer")], stuck.Silent);
        Assert.Equal(7, stuck.Unseen);
    }

    [Fact]
    public void Parked_rows_have_the_error_of_the_broker_and_no_type_of_it()
    {
        var stuck = StuckGroups.Of(
            [new Answer<List<OutboxGroup>>("orders", [new("g", "order.created", "NO_ROUTE", 3, Moment, Moment.AddHours(1))], null)]);

        Assert.Equal(new StuckGroup("orders", "g", "order.created", null, "NO_ROUTE", 3, Moment, Moment.AddHours(1)), Assert.Single(stuck.Groups));
    }

    [Fact]
    public void Messages_of_several_services_are_one_page_by_time()
    {
        var id = Guid.CreateVersion7();
        var found = FoundMessages.Of(
        [
            new Answer<Page<DeadLetter>>("orders", new Page<DeadLetter>([Letter(id.ToString(), 1), Letter("no uuid", 3)], 1, 20, 50), null),
            new("payments", new Page<DeadLetter>([Letter(null, 2)], 1, 20, 1), null),
        ]);

        Assert.Equal(
            [("orders", null, "no uuid"), ("payments", null, null), ("orders", id, id.ToString())],
            found.Messages.Select(message => (message.Service, message.Id, message.Name)));
        Assert.Equal((51, 1, 1), (found.Total, found.Number, found.Last));
    }

    [Fact]
    public void Messages_of_one_service_have_pages()
    {
        OutboxMessage row = new(Guid.CreateVersion7(), "order.created", "1", "parked", 20, "NO_ROUTE", Moment);
        var found = FoundMessages.Of([new Answer<Page<OutboxMessage>>("orders", new Page<OutboxMessage>([row], 2, 20, 50), null)]);

        Assert.Equal((50, 2, 3), (found.Total, found.Number, found.Last));
        Assert.Equal(("parked", "NO_ROUTE"), (found.Messages[0].State, found.Messages[0].Error));
    }

    [Theory]
    [InlineData(null, 4)]
    [InlineData("", 4)]
    [InlineData("orders", 1)]
    [InlineData("auth", null)]
    [InlineData("orders.example.com", null)]
    [InlineData("ORDERS", null)]
    public void Only_the_services_that_there_are_can_be_asked(string? chosen, int? asked) =>
        Assert.Equal(asked, MessageService.Choose(chosen, MessageService.Consumers)?.Count);

    [Fact]
    public void A_message_goes_before_its_group_and_nothing_is_no_choice()
    {
        var id = Guid.CreateVersion7();
        Assert.Equal(new MessageChoice(id, null), MessageChoice.Of(id, "group"));
        Assert.Equal(new MessageChoice(null, "group"), MessageChoice.Of(null, "group"));
        Assert.True(MessageChoice.Of(null, "").IsEmpty);
    }

    private static DeadLetterGroup Group(string id, int count) => new(id, "order.created", "Test", "Test: no", count, Moment, Moment);

    private static DeadLetter Letter(string? id, int minute) => new(id, "order.created", "1", "Test", "Test: no", 4, Moment.AddMinutes(minute), "{}");
}
