using Shop.Rig.Chaos;
using Shop.Rig.Chaos.Faults;

namespace Shop.Tests.Chaos;

/// <summary>What the rig breaks is decided by the seed alone.</summary>
public sealed class ScheduleTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(3);

    [Fact]
    public void The_same_seed_gives_the_same_schedule() =>
        Assert.All(Enumerable.Range(1, 50), seed => Assert.Equal(Print(seed), Print(seed)));

    [Fact]
    public void Another_seed_gives_another() =>
        Assert.Equal(50, Enumerable.Range(1, 50).Select(seed => string.Join('\n', Print(seed))).Distinct().Count());

    [Fact]
    public void A_run_of_three_minutes_has_every_kind_of_fault()
    {
        var kinds = typeof(Fault).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Fault)) && !type.IsAbstract).Select(type => type.Name).Order();
        Assert.All(Enumerable.Range(1, 50), seed =>
            Assert.Equal(kinds, Schedule.Create(seed, Length).Select(planned => planned.Fault.Kind()).Distinct().Order()));
    }

    [Fact]
    public void Faults_come_in_time_and_within_the_run() =>
        Assert.All(Enumerable.Range(1, 50), seed =>
        {
            var times = Schedule.Create(seed, Length).Select(planned => planned.At).ToList();
            Assert.Equal(times.Order(), times);
            Assert.All(times, at => Assert.InRange(at, TimeSpan.Zero, Length));
        });

    private static List<string> Print(int seed) => [.. Schedule.Create(seed, Length).Select(planned => planned.ToString())];
}
