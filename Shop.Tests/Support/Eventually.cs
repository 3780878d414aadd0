using System.Diagnostics;

namespace Shop.Tests.Support;

/// <summary>Polls with a deadline, where a test would otherwise sleep and hope.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within the time.</exception>
    public static Task HoldsAsync(Func<Task<bool>> condition, string expectation, TimeSpan? within = null) =>
        GetAsync(async () => await condition() ? expectation : null, expectation, within);

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task HoldsAsync(Func<bool> condition, string expectation, TimeSpan? within = null) =>
        HoldsAsync(() => Task.FromResult(condition()), expectation, within);

    /// <summary>Waits until the value is there and returns it.</summary>
    /// <exception cref="TimeoutException">It was not within the time.</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> find, string expectation, TimeSpan? within = null) where T : class
    {
        var limit = within ?? TimeSpan.FromSeconds(15);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await find() is { } found)
                return found;
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"Not within {limit.TotalSeconds} s: {expectation}");
            await Task.Delay(Interval);
        }
    }
}
