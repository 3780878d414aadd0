namespace Shop.Rig.Chaos;

/// <summary><c>chaos</c>: breaks the shop and sees whether it holds.</summary>
internal static class ChaosCommand
{
    public const string Usage = "breaks the shop while it sells: [--seed N] [--minutes M] [--rate R] [--only KIND+WORD,…|nothing] [--plan]";

    public static async Task<int> RunAsync(string[] arguments)
    {
        ChaosOptions options;
        try
        {
            options = ChaosOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            Console.Error.WriteLine($"{exception.Message} chaos {Usage}");
            return 2;
        }

        if (options.PlanOnly)
        {
            foreach (var (at, fault) in Schedule.Create(options.Seed, options.Length, options.Only))
                Console.WriteLine($"{at:mm\\:ss\\.fff}  {fault}");
            return 0;
        }

        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            interrupted.Cancel();
        };
        var result = await new ChaosRun(options, Console.Out).RunAsync(interrupted.Token);
        ChaosReport.Write(result, options, Console.Out);
        return result.Holds ? 0 : 1;
    }
}
