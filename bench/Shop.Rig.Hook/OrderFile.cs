using System.Globalization;
using System.Runtime.InteropServices;

namespace Shop.Rig.Hook;

/// <summary>
/// The rig's order for a service: a file that says at which fault point, after how many passes, with which signal; or, with
/// the signal 0, how many passes are to fail. Of the replicas the one that comes there first takes it, by moving the file.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "It lives as long as the process, which is killed.")]
internal sealed partial class OrderFile
{
    private const int Refuse = 0;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly string _taken;
    private readonly Timer _timer;
    private Order? _order;
    private Order? _refusal;

    public OrderFile(string directory, string service)
    {
        _path = Path.Combine(directory, "orders", service);
        _taken = Path.Combine(directory, "orders", $"{service}.taken.{Environment.ProcessId}");
        _timer = new Timer(_ => Look(), null, Poll, Poll);
    }

    /// <summary>The process is at a fault point.</summary>
    /// <exception cref="InvalidOperationException">The rig wants this pass to fail.</exception>
    public void Reach(string point)
    {
        if (Volatile.Read(ref _refusal) is { } refusal && refusal.Point == point && Interlocked.Decrement(ref refusal.Passes) >= 0)
            throw new InvalidOperationException("The rig has this fail.");
        if (Volatile.Read(ref _order) is not { } order || order.Point != point || order.Signal != Refuse && Interlocked.Decrement(ref order.Passes) >= 0)
            return;
        Volatile.Write(ref _order, null);
        try
        {
            File.Move(_path, _taken, overwrite: false);
        }
        catch (IOException)
        {
            return; // The other replica was there first, or the rig took the order back.
        }

        GC.KeepAlive(_timer);
        if (order.Signal != Refuse)
        {
            _ = SendSignal(Environment.ProcessId, order.Signal);
            return;
        }

        Volatile.Write(ref _refusal, order);
        Reach(point);
    }

    private void Look()
    {
        try
        {
            if (!File.Exists(_path))
                Volatile.Write(ref _order, null);
            else if (Volatile.Read(ref _order) is null && File.ReadAllText(_path).Split(' ') is [var point, var passes, var signal])
                Volatile.Write(ref _order, new Order(point, int.Parse(passes, CultureInfo.InvariantCulture), int.Parse(signal, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            // It was taken while we looked.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);

    private sealed class Order(string point, int passes, int signal)
    {
        public readonly string Point = point;
        public readonly int Signal = signal;
        public int Passes = passes;
    }
}
