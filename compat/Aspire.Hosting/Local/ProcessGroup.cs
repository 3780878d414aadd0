using System.Globalization;

namespace Aspire.Hosting.Local;

/// <summary>The processes that a process started, unless they made groups of their own.</summary>
internal static class ProcessGroup
{
    // Fields of /proc/*/stat, counted after the name.
    private const int State = 0;
    private const int Group = 2;
    private const int StartTime = 19;

    /// <summary>Whether a process of the group is alive. One that has ended and that nobody has taken notice of is not.</summary>
    public static bool IsAlive(int id) => Native.Kill(-id, 0)
        && Directory.EnumerateDirectories("/proc")
            .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]))
            .Select(Read)
            .Any(fields => fields is not null && fields[State] != "Z" && fields[Group] == id.ToString(CultureInfo.InvariantCulture));

    /// <summary>When a process began, in the clock of the kernel; nothing when it has ended.</summary>
    public static string? StartTimeOf(int id) => Read($"/proc/{id}")?[StartTime];

    /// <summary>The fields of a process after its name, or nothing when it has ended.</summary>
    public static string[]? Read(string directory)
    {
        try
        {
            // The name, in parentheses, may have spaces in it.
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It ended while we looked.
            return null;
        }
    }
}
