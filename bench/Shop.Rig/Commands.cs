using Shop.Rig.Bench;
using Shop.Rig.Chaos;
using Shop.Rig.Mutants;

namespace Shop.Rig;

/// <summary>What the rig can do.</summary>
internal static class Commands
{
    private static readonly Command[] All =
    [
        BenchCommand.Command,
        new Command("chaos", ChaosCommand.Usage, ChaosCommand.RunAsync),
        new Command("mutants", MutantsCommand.Usage, MutantsCommand.RunAsync),
        new Command("restarts", BrokerRestarts.Usage, BrokerRestarts.RunAsync),
    ];

    /// <summary>The command of this name.</summary>
    public static Command? Find(string name) => Array.Find(All, command => command.Name == name);

    /// <summary>Says what there is.</summary>
    /// <returns>The exit code of a wrong call.</returns>
    public static int PrintUsage()
    {
        Console.Error.WriteLine("Usage: Shop.Rig COMMAND [OPTIONS]");
        foreach (var command in All)
            Console.Error.WriteLine($"  {command.Name,-14} {command.Summary}");
        return 2;
    }
}

/// <summary>One command.</summary>
/// <param name="Name">What it is called by.</param>
/// <param name="Summary">One line for the usage.</param>
/// <param name="RunAsync">Runs it with its options and returns the exit code.</param>
internal sealed record Command(string Name, string Summary, Func<string[], Task<int>> RunAsync);
