namespace Shop.Rig.Chaos.Load;

/// <summary>Plays scenarios at a steady rate, whatever becomes of them.</summary>
internal static class LoadDriver
{
    private const int MaxAtOnce = 100;

    /// <summary>Begins a scenario about so often until it is stopped, then waits for those that were begun.</summary>
    public static async Task RunAsync(Market market, double perSecond, int seed, CancellationToken stopping)
    {
        var random = new Random(seed);
        var total = Scenarios.All.Sum(scenario => scenario.Weight);
        using var slots = new SemaphoreSlim(MaxAtOnce);
        List<Task> playing = [];
        while (!stopping.IsCancellationRequested)
        {
            if (await slots.WaitAsync(TimeSpan.Zero, CancellationToken.None))
            {
                playing.RemoveAll(task => task.IsCompletedSuccessfully);
                playing.Add(PlayAsync(Pick(random.Next(total)), random.Next()));
            }
            else
            {
                market.Tally.Add("scenarios left out");
            }

            await Waits.ForAsync(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond), stopping);
        }

        await Task.WhenAll(playing);

        async Task PlayAsync(Func<Market, Random, CancellationToken, Task> play, int ownSeed)
        {
            try
            {
                await play(market, new Random(ownSeed), stopping);
            }
            finally
            {
                slots.Release();
            }
        }
    }

    private static Func<Market, Random, CancellationToken, Task> Pick(int ticket)
    {
        foreach (var (weight, play) in Scenarios.All)
        {
            if ((ticket -= weight) < 0)
                return play;
        }

        throw new InvalidOperationException("The weights do not add up.");
    }
}
