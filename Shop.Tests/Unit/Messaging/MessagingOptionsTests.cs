using Microsoft.Extensions.Configuration;
using Shop.Messaging;

namespace Shop.Tests.Unit.Messaging;

public sealed class MessagingOptionsTests
{
    [Fact]
    public void A_queue_has_its_own_settings_and_the_others_of_all()
    {
        var options = Bind(("Prefetch", "100"), ("Queues:payment_queue:Concurrency", "2"), ("Queues:payment_queue:InboxBatchSize", "8"));

        Assert.True(options.HasValidQueues);
        Assert.Equal(new QueueSettings(Prefetch: 100, Concurrency: 2, BatchSize: 8), options.For("payment_queue"));
        Assert.Equal(new QueueSettings(100, options.Concurrency, options.InboxBatchSize), options.For("order_queue"));
    }

    [Theory]
    [InlineData("Queues:payments_queue:Concurrency", "2")]
    [InlineData("Queues:payment_queue:Concurrency", "0")]
    [InlineData("Queues:payment_queue:InboxBatchSize", "100000")]
    public void A_queue_that_is_not_there_or_a_value_out_of_range_is_refused(string key, string value) =>
        Assert.False(Bind((key, value)).HasValidQueues);

    private static MessagingOptions Bind(params IReadOnlyList<(string Key, string Value)> settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value))
        .Build().Get<MessagingOptions>()!;
}
