using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Shop.Rig.Mutants;

/// <summary><c>mutants</c>: a test of the rig. It removes one guard of the engine after the other and sees whether that is noticed.</summary>
internal static partial class MutantsCommand
{
    public const string Usage = "removes one guard of the engine after the other and attacks it: [NAME…] [--seed N]";
    private const string Patches = "bench/Shop.Rig/Mutants";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var seed = arguments is [.., "--seed", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 1;
        var names = arguments.TakeWhile(argument => argument != "--seed").ToList();
        var mutants = Mutant.All.Where(mutant => names.Count == 0 || names.Contains(mutant.Name)).ToList();
        if (mutants.Count == 0 || names.Except(Mutant.All.Select(mutant => mutant.Name)).Any())
        {
            Console.Error.WriteLine($"mutants {Usage}; names: {string.Join(", ", Mutant.All.Select(mutant => mutant.Name))}");
            return 2;
        }

        var directory = Directory.CreateTempSubdirectory("shop-mutants-").FullName;
        try
        {
            await CopyTrackedAsync(FindRepository(), directory);
            var survivors = 0;
            foreach (var mutant in mutants)
            {
                var caughtBy = await TryAsync(mutant, directory, seed);
                survivors += caughtBy.Count == 0 ? 1 : 0;
                Console.WriteLine($"{mutant.Name,-30}{(caughtBy.Count == 0 ? "SURVIVED" : "caught: " + string.Join("; ", caughtBy))}");
            }

            return survivors == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <returns>The invariants that it violated.</returns>
    private static async Task<IReadOnlyList<string>> TryAsync(Mutant mutant, string directory, int seed)
    {
        var patch = Path.Combine(directory, Patches, $"{mutant.Name}.patch");
        await RequireAsync("git", directory, "apply", patch);
        await RequireAsync("dotnet", directory, "build", "bench/Shop.Rig", "--configuration", "Release", "--verbosity", "quiet", "--nologo");
        var minutes = (mutant.Seconds / 60.0).ToString(CultureInfo.InvariantCulture);
        var (_, output) = await StartAsync("dotnet", directory, "run", "--project", "bench/Shop.Rig", "--configuration", "Release", "--no-build", "--",
            "chaos", "--seed", seed.ToString(CultureInfo.InvariantCulture), "--minutes", minutes, "--rate", mutant.Rate.ToString(CultureInfo.InvariantCulture),
            "--only", mutant.Only);
        await RequireAsync("git", directory, "apply", "--reverse", patch);
        var findings = FindingLine().Matches(output);
        if (findings.Count == 0)
            throw new InvalidOperationException($"The run of {mutant.Name} did not come to its end:\n{output}");
        return [.. findings.Where(finding => finding.Groups["violations"].Value != "0").Select(finding => finding.Groups["name"].Value.Trim())];
    }

    /// <summary>The files under version control, as they are now.</summary>
    private static async Task CopyTrackedAsync(string repository, string directory)
    {
        var (_, list) = await StartAsync("git", repository, "ls-files", "-z");
        foreach (var file in list.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Path.Combine(repository, file))))
        {
            var target = Path.Combine(directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(repository, file), target);
        }
    }

    private static string FindRepository()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Shop.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException("The rig does not run from the repository.");
    }

    private static async Task RequireAsync(string program, string directory, params string[] arguments)
    {
        var (code, output) = await StartAsync(program, directory, arguments);
        if (code != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}");
    }

    private static async Task<(int Code, string Output)> StartAsync(string program, string directory, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    /// <summary>A line of the table that ChaosReport writes.</summary>
    [GeneratedRegex(@"^(?<name>\S.{39}) *\d+ +(?<violations>\d+)\r?$", RegexOptions.Multiline)]
    private static partial Regex FindingLine();
}
