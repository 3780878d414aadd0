using System.Globalization;

namespace Shop.Rig.Chaos;

/// <summary>How a run is to be.</summary>
internal sealed record ChaosOptions
{
    /// <summary>The same seed breaks the same things at the same times.</summary>
    public required int Seed { get; init; }

    /// <summary>How long load and faults last; starting and healing come on top.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>Scenarios begun a second.</summary>
    public double Rate { get; init; } = 5;

    /// <summary>Whether only the schedule is to be printed.</summary>
    public bool PlanOnly { get; init; }

    /// <summary>
    /// What the faults are to be: words of which a fault, as it is printed, must have all that are joined by <c>+</c>. All faults
    /// when empty; <c>nothing</c> for a calm run.
    /// </summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <exception cref="FormatException">An option is unknown or its value is not what it should be.</exception>
    public static ChaosOptions Parse(string[] arguments)
    {
        const double DefaultMinutes = 3;
        var options = new ChaosOptions { Seed = Random.Shared.Next(1, 1_000_000), Length = TimeSpan.FromMinutes(DefaultMinutes) };
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--plan" => options with { PlanOnly = true },
                "--seed" => options with { Seed = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--minutes" => options with { Length = TimeSpan.FromMinutes(double.Parse(Value(), CultureInfo.InvariantCulture)) },
                "--rate" => options with { Rate = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--only" => options with { Only = Value().Split(',') },
                var unknown => throw new FormatException($"There is no option {unknown}."),
            };

            string Value() => ++i < arguments.Length ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value.");
        }

        return options.Length > TimeSpan.Zero && options.Rate > 0 ? options : throw new FormatException("--minutes and --rate must be above zero.");
    }
}
