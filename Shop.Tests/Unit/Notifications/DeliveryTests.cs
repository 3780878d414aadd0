using Microsoft.Extensions.Options;
using Shop.Notifications.Delivery;
using Shop.Notifications.Email;
using Shop.Notifications.Notifications;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.Notifications;

public sealed class DeliveryTests
{
    [Fact]
    public void The_wait_between_attempts_doubles_up_to_a_quarter_of_an_hour()
    {
        var options = new DeliveryOptions();

        Assert.Equal([5, 10, 20, 40], Enumerable.Range(1, 4).Select(attempt => options.RetryDelay(attempt).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(15), options.RetryDelay(100));
    }

    [Fact]
    public async Task Signals_that_come_while_the_worker_works_melt_into_one()
    {
        using var queue = new DeliveryQueue(Options.Create(new DeliveryOptions()), TimeProvider.System);
        for (var i = 0; i < 10; i++)
            await queue.SignalAsync();

        Assert.True(await queue.WaitAsync(TimeSpan.Zero, default));
        Assert.False(await queue.WaitAsync(TimeSpan.Zero, default));
    }

    [Fact]
    public async Task What_waited_for_half_its_lease_is_left_to_whoever_claims_it_later()
    {
        var time = new ManualTime();
        var options = new DeliveryOptions { LeaseSeconds = 60 };
        using var queue = new DeliveryQueue(Options.Create(options), time);
        await queue.AddAsync(NewNotification());
        time.Advance(TimeSpan.FromSeconds(31));
        var fresh = NewNotification();
        await queue.AddAsync(fresh);

        Assert.Equal([fresh], queue.Take(10));
        Assert.Empty(queue.Take(10));
    }

    [Fact]
    public async Task A_full_queue_says_so_and_keeps_what_it_has()
    {
        using var queue = new DeliveryQueue(Options.Create(new DeliveryOptions()), TimeProvider.System);
        var added = 0;
        for (; queue.HasRoom && added < 1_000; added++)
            await queue.AddAsync(NewNotification());

        Assert.InRange(added, 1, 999);
        Assert.Equal(added, queue.Take(1_000).Count);
        Assert.True(queue.HasRoom);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(3_600)]
    public void A_batch_is_sent_in_half_a_lease_however_slow_the_mail_server_is(int leaseSeconds)
    {
        var options = new DeliveryOptions { LeaseSeconds = leaseSeconds };

        var longest = options.BatchSize / options.Concurrency * SmtpOptions.LongestTimeoutSeconds;

        Assert.InRange(longest, 1, leaseSeconds / 2);
    }

    private static Notification NewNotification() => new()
    {
        Id = Guid.CreateVersion7(),
        Channel = Notification.Email,
        Template = "payment_processed",
        Language = "ru",
        Recipient = "buyer@example.com",
        Subject = "",
        TextBody = "",
        HtmlBody = "",
        Status = NotificationStatus.Pending,
        Attempts = 1,
        NextAttemptAt = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
