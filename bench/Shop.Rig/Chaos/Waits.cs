namespace Shop.Rig.Chaos;

/// <summary>Waits that end early instead of throwing.</summary>
internal static class Waits
{
    /// <summary>Waits for a while, or until everything is to be healed.</summary>
    public static async Task ForAsync(TimeSpan duration, CancellationToken healing) =>
        await Task.Delay(duration, healing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
