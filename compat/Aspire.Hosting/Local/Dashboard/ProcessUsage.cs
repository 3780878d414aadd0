using System.Globalization;

namespace Aspire.Hosting.Local;

/// <summary>What a process uses of the machine, with all that it started.</summary>
/// <param name="Cpu">In cores, since the look before.</param>
/// <param name="Memory">In bytes; what processes of one session share counts once.</param>
internal sealed record ProcessUse(double Cpu, long Memory);

/// <summary>Looks at processes, each of which leads a session of its own.</summary>
internal sealed class ProcessUsage(TimeProvider time)
{
    // Fields of /proc/*/stat, counted after the name.
    private const int Session = 3;
    private const int UserTime = 11;
    private const int SystemTime = 12;
    private const int ChildrensUserTime = 13;
    private const int ChildrensSystemTime = 14;
    private const int Resident = 21;
    private const double TicksPerSecond = 100; // Of every Linux, whatever its kernel counts with.

    private readonly Lock _lock = new();
    private readonly Dictionary<int, (double Seconds, long At)> _before = [];

    public IReadOnlyDictionary<int, ProcessUse> Read(HashSet<int> leaders)
    {
        var sums = leaders.ToDictionary(leader => leader, _ => (Seconds: 0d, Memory: 0L));
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0])))
        {
            if (ProcessGroup.Read(directory) is { } fields && int.Parse(fields[Session], CultureInfo.InvariantCulture) is var session && sums.TryGetValue(session, out var sum))
            {
                var isLeader = Path.GetFileName(directory) == session.ToString(CultureInfo.InvariantCulture);
                var ticks = Number(fields, UserTime) + Number(fields, SystemTime) + (isLeader ? Number(fields, ChildrensUserTime) + Number(fields, ChildrensSystemTime) : 0);
                var pages = Number(fields, Resident) - (isLeader ? 0 : SharedPages(directory));
                sums[session] = (sum.Seconds + (ticks / TicksPerSecond), sum.Memory + (Math.Max(0, pages) * Environment.SystemPageSize));
            }
        }

        lock (_lock)
        {
            var now = time.GetTimestamp();
            var used = new Dictionary<int, ProcessUse>();
            foreach (var (leader, sum) in sums)
            {
                var cpu = _before.TryGetValue(leader, out var before) && time.GetElapsedTime(before.At, now).TotalSeconds is > 0 and var seconds
                    ? Math.Max(0, (sum.Seconds - before.Seconds) / seconds)
                    : 0;
                used[leader] = new ProcessUse(cpu, sum.Memory);
                _before[leader] = (sum.Seconds, now);
            }

            foreach (var gone in _before.Keys.Where(leader => !sums.ContainsKey(leader)).ToArray())
                _before.Remove(gone);
            return used;
        }
    }

    private static long Number(string[] fields, int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);

    private static long SharedPages(string directory)
    {
        try
        {
            return long.Parse(File.ReadAllText(Path.Combine(directory, "statm")).Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It ended while we looked.
            return 0;
        }
    }
}
