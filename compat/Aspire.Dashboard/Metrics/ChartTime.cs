namespace Aspire.Dashboard.Metrics;

/// <summary>The steps of a chart. They begin at whole multiples of their length, so that a chart that is drawn anew does not waver.</summary>
/// <param name="From">Where the first begins, in nanoseconds since 1970.</param>
/// <param name="Step">How long each is, in nanoseconds.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="Now">The present, in the last of them.</param>
public readonly record struct ChartTime(long From, long Step, int Steps, long Now)
{
    /// <summary>Where the last step ends.</summary>
    public long To => Begin(Steps);

    /// <summary>The steps of the time that ends now.</summary>
    /// <param name="length">How long it is, in nanoseconds.</param>
    /// <param name="now">The present.</param>
    /// <param name="steps">How many steps.</param>
    public static ChartTime Last(long length, long now, int steps)
    {
        var step = Math.Max(1, length / steps);
        var to = (now + step - 1) / step * step;
        return new ChartTime(to - (step * steps), step, steps, now);
    }

    /// <summary>Where a step begins.</summary>
    public long Begin(int step) => From + (step * Step);
}
