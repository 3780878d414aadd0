using System.Globalization;
using Shop.Rig.Setup;

namespace Shop.Rig.Bench;

/// <summary>What a resource has used.</summary>
/// <param name="Cpu">Processor time of its processes since they started.</param>
/// <param name="PssBytes">Memory, shared pages divided among their users.</param>
internal readonly record struct Usage(TimeSpan Cpu, long PssBytes);

/// <summary>Processor time and memory of processes and of those below them, read from /proc.</summary>
/// <param name="roots">The processes by their names.</param>
internal sealed class ProcessMeter(IReadOnlyDictionary<string, int> roots)
{
    public const string LoadGenerator = "load generator";

    /// <summary>Linux reports in hundredths of a second to every program, whatever the kernel counts in.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Finds the processes of the shop's resources.</summary>
    public static async Task<ProcessMeter> CreateAsync(BenchShop shop, IEnumerable<string> resources, CancellationToken cancellationToken)
    {
        Dictionary<string, int> roots = new() { [LoadGenerator] = Environment.ProcessId };
        foreach (var name in resources)
        {
            var running = await shop.Shop.App.ResourceNotifications.WaitForResourceAsync(name, state => state.Snapshot.ProcessId() is not null, cancellationToken);
            roots[name] = running.Snapshot.ProcessId()!.Value;
        }
        return new ProcessMeter(roots);
    }

    /// <summary>What each resource has used until now.</summary>
    /// <param name="withMemory">Reading the memory of a process costs the kernel some milliseconds.</param>
    public IReadOnlyDictionary<string, Usage> Read(bool withMemory)
    {
        var processes = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? Process.TryRead(id) : null)
            .OfType<Process>()
            .ToList();
        var children = processes.ToLookup(process => process.Parent);
        return roots.ToDictionary(root => root.Key, root =>
        {
            // The load generator is the parent of everything, and is itself alone.
            var own = processes.Where(process => process.Id == root.Value);
            var family = root.Key == LoadGenerator ? own : own.SelectMany(process => WithDescendants(process, children));
            List<Process> members = [.. family];
            var ticks = members.Sum(process => process.Ticks + (root.Key == LoadGenerator ? 0 : process.TicksOfEndedChildren));
            return new Usage(TimeSpan.FromSeconds(ticks / TicksPerSecond), withMemory ? members.Sum(process => ReadPss(process.Id)) : 0);
        });
    }

    private static IEnumerable<Process> WithDescendants(Process process, ILookup<int, Process> children) =>
        children[process.Id].SelectMany(child => WithDescendants(child, children)).Prepend(process);

    private static long ReadPss(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/smaps_rollup").FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.AsSpan(4, line.Length - 6), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It has ended meanwhile.
        }
    }

    private sealed record Process(int Id, int Parent, long Ticks, long TicksOfEndedChildren)
    {
        public static Process? TryRead(int id)
        {
            try
            {
                // "1234 (name with anything) S 1 ..."; the fields after the name are numbered from 3 in proc(5).
                var stat = File.ReadAllText($"/proc/{id}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
                return new Process(id, (int)Field(4), Field(14) + Field(15), Field(16) + Field(17));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null; // It has ended meanwhile.
            }
        }
    }
}
