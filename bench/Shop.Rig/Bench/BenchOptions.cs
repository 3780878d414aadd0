using System.Globalization;

namespace Shop.Rig.Bench;

/// <summary>How much is measured, and for how long.</summary>
internal sealed record BenchOptions
{
    /// <summary>What there is to measure, in the order it is measured.</summary>
    public static readonly IReadOnlyList<string> Measures = ["idle", "catalogue", "orders", "open", "broker", "engine"];

    public const string Usage = """
        Usage: ./shop bench [OPTIONS]

          --quick            A minute and a half instead of six: one slice where the full run takes the median of three.
          --only NAME,...    Some of: idle, catalogue, orders, open, broker, engine.
          --buyers N         Buyers who order at the same time; 32 by default.
          --statements       Also prints which SQL statements cost most (needs pg_stat_statements; slows everything a little).

        Results go to bench/results/ as JSON and as an HTML page.
        """;

    private const int MaxBuyers = 64;

    public bool Quick { get; private init; }

    public IReadOnlySet<string> Only { get; private init; } = Measures.ToHashSet();

    public int Buyers { get; private init; } = 32;

    public bool Statements { get; private init; }

    /// <summary>Slices that a median is taken of.</summary>
    public int Slices => Quick ? 1 : 3;

    /// <summary>How long one slice of a measure lasts.</summary>
    public TimeSpan Slice => TimeSpan.FromSeconds(Quick ? 8 : 20);

    /// <summary>How long a short measure lasts: one that needs no long run to be steady.</summary>
    public TimeSpan ShortSlice => TimeSpan.FromSeconds(Quick ? 3 : 8);

    /// <summary>How long the services get to compile their hot paths.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Quick ? 15 : 40);

    /// <exception cref="ArgumentException">There is no such option, or no such value of it.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Count; i++)
        {
            string Value() => ++i < args.Count ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--statements" => options with { Statements = true },
                "--only" => options with { Only = ParseNames(Value()) },
                "--buyers" => options with { Buyers = ParseBuyers(Value()) },
                var other => throw new ArgumentException($"There is no option {other}."),
            };
        }
        return options;
    }

    private static HashSet<string> ParseNames(string list)
    {
        var names = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet();
        return names.Except(Measures).FirstOrDefault() is { } unknown
            ? throw new ArgumentException($"There is no measure {unknown}. There are {string.Join(", ", Measures)}.")
            : names;
    }

    private static int ParseBuyers(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MaxBuyers
            ? count
            : throw new ArgumentException($"--buyers is a number from 1 to {MaxBuyers}.");
}
