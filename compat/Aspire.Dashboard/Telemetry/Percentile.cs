namespace Aspire.Dashboard.Telemetry;

/// <summary>Estimates percentiles from the buckets of a histogram.</summary>
internal static class Percentile
{
    /// <summary>The value below which the share of all values lies, or nothing when there are none.</summary>
    /// <param name="histogram">The counts.</param>
    /// <param name="share">Between 0 and 1.</param>
    public static double? Of(HistogramValue histogram, double share)
    {
        var total = histogram.Buckets.Sum();
        if (total <= 0 || histogram.Bounds.Length == 0)
            return null;

        var rank = share * total;
        var below = 0d;
        for (var i = 0; i < histogram.Bounds.Length; i++)
        {
            var count = histogram.Buckets[i];
            if (count > 0 && below + count >= rank)
            {
                // Within a bucket the values are taken to lie evenly.
                var lower = i > 0 ? histogram.Bounds[i - 1] : Math.Min(0, histogram.Bounds[0]);
                return lower + ((histogram.Bounds[i] - lower) * Math.Clamp((rank - below) / count, 0, 1));
            }

            below += count;
        }

        // Nobody knows how far beyond the last bound they lie.
        return histogram.Bounds[^1];
    }
}
