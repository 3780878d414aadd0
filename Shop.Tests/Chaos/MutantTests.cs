using System.Diagnostics;
using Shop.Rig.Mutants;

namespace Shop.Tests.Chaos;

/// <summary>The patches that remove the engine's guards must not rot: running them takes long, applying them does not.</summary>
public sealed class MutantTests
{
    public static TheoryData<string> Names => [.. Mutant.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_guard_can_still_be_removed(string name)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["apply", "--check", $"bench/Shop.Rig/Mutants/{name}.patch"])
        {
            WorkingDirectory = Repository(),
            RedirectStandardError = true,
        })!;
        var error = git.StandardError.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, error);
    }

    [Fact]
    public void Every_patch_is_tried() => Assert.Equal(
        Directory.EnumerateFiles(Path.Combine(Repository(), "bench/Shop.Rig/Mutants"), "*.patch").Select(Path.GetFileNameWithoutExtension).Order(),
        Mutant.All.Select(mutant => mutant.Name).Order());

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Shop.sln")))
            directory = directory.Parent;
        return directory.FullName;
    }
}
