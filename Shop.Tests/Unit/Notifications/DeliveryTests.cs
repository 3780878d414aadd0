using Microsoft.Extensions.Options;
using Shop.Notifications.Delivery;

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
    public async Task Signals_beyond_the_number_of_lanes_melt_together()
    {
        using var signal = new DeliverySignal(Options.Create(new DeliveryOptions { Concurrency = 2 }));
        for (var i = 0; i < 10; i++)
            signal.Set();

        var woken = 0;
        using var noMore = new CancellationTokenSource();
        while (true)
        {
            var wait = signal.WaitAsync(Timeout.InfiniteTimeSpan, noMore.Token);
            if (!wait.IsCompleted)
            {
                await noMore.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
                break;
            }
            woken++;
        }
        Assert.Equal(2, woken);
    }
}
