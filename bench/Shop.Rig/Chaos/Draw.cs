namespace Shop.Rig.Chaos;

/// <summary>The one source of chance of a schedule.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>An integer from 0 to below the bound.</summary>
    public int Below(int bound) => _random.Next(bound);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A duration, in whole milliseconds, so that it prints and reads well.</summary>
    public TimeSpan Seconds(double least, double most) => TimeSpan.FromMilliseconds(_random.Next((int)(least * 1_000), (int)(most * 1_000)));

    public void Shuffle<T>(T[] items) => _random.Shuffle(items);
}
