namespace Aspire.Dashboard.Otlp;

/// <summary>Reads times, which are unsigned on the wire.</summary>
internal static class OtlpTime
{
    /// <summary>Nanoseconds since 1970, or nothing for a time that is not given or lies beyond the year 2262.</summary>
    public static long? Read(ulong nanoseconds) => nanoseconds is > 0 and <= long.MaxValue ? (long)nanoseconds : null;
}
