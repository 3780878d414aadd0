using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shop.Messaging.Topology;

namespace Shop.Rig.Chaos.Faults;

/// <summary>Messages that were delivered already come again, many times, in another order and spread over a while.</summary>
internal sealed record DuplicateDeliveries(int Messages, int Copies, TimeSpan Spread, int Shuffle) : Fault
{
    public static Fault Drawn(Draw draw)
    {
        var copies = draw.OneOf([2, 3, 5, 10, 30, 100]);
        return new DuplicateDeliveries(Math.Max(2, 120 / copies), copies, draw.Seconds(0, 6), draw.Below(int.MaxValue));
    }

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) => BrokerWork.SoonAsync(attack, async channel =>
    {
        var random = new Random(Shuffle);
        var known = attack.Tap.FirstSeen.Where(message => EventTypes.QueuesOf(message.Type).Any()).ToArray();
        if (known.Length == 0)
            return false;

        // The newest are the likeliest to be under way still; some are older.
        var chosen = random.GetItems(known.TakeLast(Messages * 2).Concat(random.GetItems(known, Messages)).ToArray(), Messages);
        var copies = chosen.SelectMany(message => Enumerable.Repeat(message, Copies))
            .SelectMany(message => EventTypes.QueuesOf(message.Type).Select(queue => (Queue: queue, Message: message))).ToArray();
        random.Shuffle(copies);
        var pause = Spread / copies.Length;
        foreach (var (queue, message) in copies)
        {
            await channel.BasicPublishAsync("", queue, mandatory: true, message.Properties, message.Body, CancellationToken.None);
            attack.Tally.Add("duplicates sent");
            await Waits.ForAsync(pause, healing);
        }

        return true;
    }, healing);
}

/// <summary>A service loses the broker for a while; what gathers in its queue meanwhile is put into another order.</summary>
internal sealed record ReorderQueue(string Service, TimeSpan Gather, int Shuffle) : Fault
{
    private const int MaxMessages = 500;

    public static Fault Drawn(Draw draw) => new ReorderQueue(draw.OneOf(Names.Consumers), draw.Seconds(1, 5), draw.Below(int.MaxValue));

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        if (attack.Shop.Network.Find(Service, Names.RabbitMQ) is not { } proxy)
            return false;
        proxy.Refuse(true);
        try
        {
            await Waits.ForAsync(Gather, healing);
            return await BrokerWork.SoonAsync(attack, channel => ReorderAsync(attack, channel), healing);
        }
        finally
        {
            proxy.Refuse(false);
        }
    }

    /// <remarks>A copy is confirmed before its original is acknowledged: a crash in between doubles a message and loses none.</remarks>
    private async Task<bool> ReorderAsync(Attack attack, IChannel channel)
    {
        var queue = EventTypes.QueueOf(Service);
        List<BasicGetResult> taken = [];
        while (taken.Count < MaxMessages && await channel.BasicGetAsync(queue, autoAck: false) is { } message)
            taken.Add(message);

        var shuffled = taken.ToArray();
        new Random(Shuffle).Shuffle(shuffled);
        foreach (var message in shuffled)
        {
            await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties(message.BasicProperties), message.Body);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
            attack.Tally.Add("messages reordered");
        }

        return taken.Count > 0;
    }
}

/// <summary>A message comes that no consumer can ever handle. It belongs in the dead letters, at once, and in nobody's way.</summary>
internal sealed record PoisonMessage(string Service, int Copies, int Shape) : Fault
{
    private static readonly string[] Bodies = ["", "{", "{\"order_id\": 7}", "[1, 2, 3]"];

    public static Fault Drawn(Draw draw) => new PoisonMessage(draw.OneOf(Names.Consumers), draw.Between(1, 3), draw.Below(Bodies.Length));

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) => BrokerWork.SoonAsync(attack, async channel =>
    {
        var queue = EventTypes.QueueOf(Service);
        var id = Guid.CreateVersion7().ToString();
        var properties = new BasicProperties { MessageId = id, Type = ShopTopology.Bindings[queue][0], DeliveryMode = DeliveryModes.Persistent, ContentType = "application/json" };
        for (var copy = 0; copy < Copies; copy++)
            await channel.BasicPublishAsync("", queue, mandatory: true, properties, System.Text.Encoding.UTF8.GetBytes(Bodies[Shape]));
        attack.Poison.Add((queue, id));
        return true;
    }, healing);
}

/// <summary>The binding of the one event that a single queue hears is taken away: its messages have nowhere to go, and come back.</summary>
internal sealed record Unbind(TimeSpan Duration) : Fault
{
    public static Fault Drawn(Draw draw) => new Unbind(draw.Seconds(0.5, 4));

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        var queue = EventTypes.QueuesOf(EventTypes.Lonely).Single();
        var happened = await BrokerWork.SoonAsync(attack, async channel =>
        {
            await channel.QueueUnbindAsync(Tap.Queue, ShopTopology.Exchange, EventTypes.Lonely, cancellationToken: CancellationToken.None);
            await channel.QueueUnbindAsync(queue, ShopTopology.Exchange, EventTypes.Lonely, cancellationToken: CancellationToken.None);
            return true;
        }, healing);
        await Waits.ForAsync(Duration, healing);
        await BrokerWork.UntilDoneAsync(attack, async channel =>
        {
            // The service's queue first: what the tap alone took would not come back.
            await channel.QueueBindAsync(queue, ShopTopology.Exchange, EventTypes.Lonely);
            await channel.QueueBindAsync(Tap.Queue, ShopTopology.Exchange, EventTypes.Lonely);
            return true;
        });
        return happened;
    }
}

/// <summary>What the rig itself does at the broker.</summary>
internal static class BrokerWork
{
    private const int MaxAttempts = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Does something on a channel of its own, if the broker is there soon.</summary>
    /// <returns>Whether it was done.</returns>
    public static async Task<bool> SoonAsync(Attack attack, Func<IChannel, Task<bool>> work, CancellationToken healing)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!healing.IsCancellationRequested && TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            if (await TryAsync(attack, work, healing))
                return true;
            await Waits.ForAsync(Pause, healing);
        }

        return false;
    }

    private static async Task<bool> TryAsync(Attack attack, Func<IChannel, Task<bool>> work, CancellationToken healing)
    {
        try
        {
            await using var connection = await attack.Shop.Shop.ConnectToBrokerAsync(healing);
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), healing);
            return await work(channel);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException
            || exception is OperationCanceledException && healing.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Does it as soon as the broker is there.</summary>
    /// <exception cref="TimeoutException">It does not come back.</exception>
    public static async Task UntilDoneAsync(Attack attack, Func<IChannel, Task<bool>> work)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await TryAsync(attack, work, CancellationToken.None))
                return;
            await Task.Delay(Pause);
        }

        throw new TimeoutException("The broker did not come back.");
    }
}
