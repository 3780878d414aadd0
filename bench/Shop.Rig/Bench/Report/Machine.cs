using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Shop.Rig.Bench.Report;

/// <summary>What the figures were measured on.</summary>
/// <param name="Processor">Its model.</param>
/// <param name="Cores">Processors that the run could use.</param>
/// <param name="MemoryGigabytes">Memory.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Version">The source that was measured.</param>
/// <param name="SyncMilliseconds">The median time of writing 8 kB to the disk for good: what a commit or a confirm has to wait for.</param>
internal sealed record Machine(
    string Processor, int Cores, double MemoryGigabytes, string System, string Runtime, string Version, double SyncMilliseconds)
{
    public static Machine Describe() => new(
        Line("/proc/cpuinfo", "model name") is { } model ? model.Trim() : RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        Math.Round(MeasureSync(), 2));

    private static string? Line(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1]
        : null;

    private static double MeasureSync()
    {
        const int Times = 100;
        const int Block = 8_192;
        var path = Path.Combine(Path.GetTempPath(), $"shop-sync-{Guid.NewGuid():N}");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        List<double> milliseconds = [];
        for (var i = 0; i < Times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            file.Write(new byte[Block]);
            file.Flush(flushToDisk: true);
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return milliseconds.Order().ElementAt(Times / 2);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Processor}, {Cores} cores, {MemoryGigabytes:0.#} GB, a synced write takes {SyncMilliseconds:0.0#} ms; {System}; {Runtime}; {Version}");
}
