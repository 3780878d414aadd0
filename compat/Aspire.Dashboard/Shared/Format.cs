using System.Globalization;

namespace Aspire.Dashboard.Shared;

/// <summary>Writes numbers and texts as people read them.</summary>
internal static class Format
{
    private const double Microsecond = 1_000;
    private const double Millisecond = 1_000_000;
    private const double Second = 1_000_000_000;
    private const double Minute = 60 * Second;

    /// <summary>The moment of nanoseconds since 1970, in UTC.</summary>
    public static DateTime Moment(long nanoseconds) => DateTime.UnixEpoch.AddTicks(nanoseconds / 100);

    /// <summary>A time span in nanoseconds, with its unit.</summary>
    public static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 0 => $"−{Duration(-nanoseconds)}",
        0 => "0",
        < Microsecond => $"{Number(nanoseconds)} ns",
        < Millisecond => $"{Number(nanoseconds / Microsecond)} µs",
        < Second => $"{Number(nanoseconds / Millisecond)} ms",
        < Minute => $"{Number(nanoseconds / Second)} s",
        _ => Uptime(TimeSpan.FromTicks((long)(nanoseconds / 100))),
    };

    /// <summary>A time after something else, or before it: clocks of machines differ.</summary>
    public static string After(long nanoseconds) => $"{(nanoseconds < 0 ? "" : "+")}{Duration(nanoseconds)}";

    /// <summary>Three digits that count.</summary>
    public static string Number(double number) => Math.Abs(number) switch
    {
        >= 1_000_000 => $"{Short(number / 1_000_000, "0.##")} M",
        >= 10_000 => $"{Short(number / 1_000, "0.#")} k",
        >= 100 => Short(number, "0"),
        >= 10 => Short(number, "0.#"),
        >= 0.01 or 0 => Short(number, "0.##"),
        _ => Short(number, "0.####"),
    };

    public static string Bytes(double bytes) => bytes switch
    {
        < 0 => $"−{Bytes(-bytes)}",
        >= 1L << 30 => $"{Short(bytes / (1L << 30), "0.##")} GiB",
        >= 1 << 20 => $"{Short(bytes / (1 << 20), "0")} MiB",
        >= 1 << 10 => $"{Short(bytes / (1 << 10), "0")} KiB",
        _ => $"{Short(bytes, "0")} B",
    };

    public static string Uptime(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.CurrentCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.CurrentCulture, $"{time.Hours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.CurrentCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.CurrentCulture, $"{Math.Max(0, time.Seconds)} s"),
    };

    /// <summary>A share of the whole as SVG takes it.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(share, 0, 1) * 100:0.###}%");

    /// <summary>As much of a text as has room where there are many.</summary>
    public static string Cut(string text, int longest = 200) => text.Length <= longest ? text : $"{text[..(longest - 1)]}…";

    private static string Short(double number, string format) => number.ToString(format, CultureInfo.CurrentCulture);
}
