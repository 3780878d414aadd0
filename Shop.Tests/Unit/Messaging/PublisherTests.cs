using System.Reflection;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Outbox;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.Messaging;

/// <summary>How the publisher reads the broker's confirms.</summary>
public sealed class PublisherTests
{
    private static readonly TimeSpan LongTimeout = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_confirm_of_several_messages_is_one_of_each_up_to_its_number()
    {
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, LongTimeout);
        var sent = Enumerable.Range(0, 4).Select(number => SendAsync(publisher, $"{number}")).ToList();

        await channel.AckAsync(2, multiple: false);
        await channel.AckAsync(3, multiple: true);

        await Task.WhenAll(sent[..3]);
        Assert.False(sent[3].IsCompleted);
        await channel.AckAsync(4, multiple: true);
        await sent[3];
    }

    [Fact]
    public async Task A_message_that_no_queue_took_fails_although_it_is_confirmed_and_its_neighbour_does_not()
    {
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, LongTimeout);
        var returned = SendAsync(publisher, "returned");
        var taken = SendAsync(publisher, "taken");

        await channel.ReturnAsync("returned");
        await channel.AckAsync(2, multiple: true);

        await taken;
        Assert.True((await Assert.ThrowsAsync<NotPublishedException>(() => returned)).IsReturn);
        Assert.True(publisher.IsOpen);
    }

    [Fact]
    public async Task A_refused_message_fails_alone()
    {
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, LongTimeout);
        var refused = SendAsync(publisher, "refused");
        var taken = SendAsync(publisher, "taken");

        await channel.NackAsync(1);
        await channel.AckAsync(2, multiple: false);

        await taken;
        Assert.False((await Assert.ThrowsAsync<NotPublishedException>(() => refused)).IsReturn);
    }

    [Fact]
    public async Task A_confirm_that_does_not_come_fails_its_message_and_ends_the_channel_for_the_others()
    {
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAsync<TimeoutException>(() => SendAsync(publisher, "owed"));

        Assert.False(publisher.IsOpen);
        await Assert.ThrowsAsync<AlreadyClosedException>(() => SendAsync(publisher, "later"));
    }

    [Fact]
    public async Task A_send_that_the_broker_does_not_read_ends_with_the_overdue_confirm()
    {
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, TimeSpan.FromMilliseconds(100));
        var owed = SendAsync(publisher, "owed");
        channel.Reads = false;

        await Assert.ThrowsAsync<AlreadyClosedException>(() => SendAsync(publisher, "stuck in the socket"));
        await Assert.ThrowsAsync<TimeoutException>(() => owed);
    }

    [Fact]
    public async Task A_channel_that_closes_fails_what_was_on_its_way()
    {
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, LongTimeout);
        var sent = SendAsync(publisher, "on its way");

        await channel.ShutDownAsync();

        await Assert.ThrowsAsync<AlreadyClosedException>(() => sent);
        Assert.False(publisher.IsOpen);
    }

    [Fact]
    public async Task A_channel_that_closes_fails_all_that_waited_for_it_too()
    {
        const int Messages = 1_000;
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, LongTimeout);
        var sent = Enumerable.Range(0, Messages).Select(number => SendAsync(publisher, $"{number}")).ToList();

        await channel.ShutDownAsync();

        await Eventually.HoldsAsync(() => sent.TrueForAll(message => message.IsCompleted), "every message has an answer");
        Assert.All(sent, message => Assert.IsType<AlreadyClosedException>(message.Exception?.InnerException));
    }

    [Fact]
    public async Task More_than_the_window_waits_for_confirms_and_then_goes()
    {
        const int Messages = 1_000;
        var channel = FakeChannel.Create();
        await using var publisher = new Publisher(channel.AsChannel, LongTimeout);
        var sent = Enumerable.Range(0, Messages).Select(number => SendAsync(publisher, $"{number}")).ToList();

        Assert.InRange(channel.Sent, 1, Messages - 1);
        for (var confirmed = 0; confirmed < Messages; confirmed = channel.Sent)
        {
            await Eventually.HoldsAsync(() => channel.Sent > confirmed, "more is sent");
            await channel.AckAsync((ulong)channel.Sent, multiple: true);
        }

        await Task.WhenAll(sent);
    }

    private static Task SendAsync(Publisher publisher, string id) =>
        publisher.PublishToQueueAsync("queue", new BasicProperties { MessageId = id }, new byte[1], CancellationToken.None);

    /// <summary>A channel whose broker says what the test tells it to.</summary>
    public class FakeChannel : DispatchProxy
    {
        private readonly Dictionary<string, Delegate> _handlers = [];
        private int _sent;

        public IChannel AsChannel => (IChannel)(object)this;

        public int Sent => Volatile.Read(ref _sent);

        public bool Reads { get; set; } = true;

        public static FakeChannel Create() => (FakeChannel)(object)Create<IChannel, FakeChannel>();

        public Task AckAsync(ulong number, bool multiple) => RaiseAsync(nameof(IChannel.BasicAcksAsync), new BasicAckEventArgs(number, multiple));

        public Task NackAsync(ulong number) => RaiseAsync(nameof(IChannel.BasicNacksAsync), new BasicNackEventArgs(number, multiple: false, requeue: false));

        public Task ReturnAsync(string id) => RaiseAsync(nameof(IChannel.BasicReturnAsync),
            new BasicReturnEventArgs(312, "NO_ROUTE", "", "queue", new BasicProperties { MessageId = id }, default));

        public Task ShutDownAsync() => RaiseAsync(nameof(IChannel.ChannelShutdownAsync), new ShutdownEventArgs(ShutdownInitiator.Peer, 320, "CONNECTION_FORCED"));

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case var name when name.StartsWith("add_", StringComparison.Ordinal):
                    _handlers[name["add_".Length..]] = (Delegate)args![0]!;
                    return null;
                case nameof(IChannel.BasicPublishAsync) when Reads:
                    Interlocked.Increment(ref _sent);
                    return ValueTask.CompletedTask;
                case nameof(IChannel.BasicPublishAsync):
                    return new ValueTask(Task.Delay(Timeout.Infinite, (CancellationToken)args![^1]!));
                case "get_IsOpen":
                    return true;
                case nameof(IAsyncDisposable.DisposeAsync):
                    return ValueTask.CompletedTask;
                default:
                    throw new NotSupportedException(targetMethod.Name);
            }
        }

        private Task RaiseAsync<TArgs>(string name, TArgs args) where TArgs : AsyncEventArgs => ((AsyncEventHandler<TArgs>)_handlers[name])(AsChannel, args);
    }
}
