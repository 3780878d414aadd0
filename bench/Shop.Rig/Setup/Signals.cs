using System.Runtime.InteropServices;

namespace Shop.Rig.Setup;

/// <summary>Unix signals, which the class library does not send.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends a signal to a process, or to a process group when the id is negative.</summary>
    /// <returns>Whether there was such a process or group.</returns>
    public static bool Send(int process, int signal) => SendSignal(process, signal) == 0;

    /// <summary>The process and everything below it, whatever groups those have made for themselves; parents first.</summary>
    public static IReadOnlyList<int> TreeOf(int process)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? (Id: id, Parent: ParentOf(id)) : default)
            .ToLookup(found => found.Parent, found => found.Id);
        List<int> tree = [process];
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(children[tree[i]]);
        return tree;
    }

    private static int ParentOf(int process)
    {
        try
        {
            // The name, in parentheses, may have spaces in it; after it come the state and the parent.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It ended while we looked.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
