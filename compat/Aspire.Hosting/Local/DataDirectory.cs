using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Local;

/// <summary>The data of the servers, held by one AppHost at a time, and the guard of its processes.</summary>
internal sealed class DataDirectory : IAsyncDisposable
{
    private static readonly TimeSpan LeftOverTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan GuardTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _lock;
    private readonly bool _throwAway;
    private readonly Process _guard;

    private DataDirectory(string root, bool throwAway, FileStream locked)
    {
        Root = root;
        _throwAway = throwAway;
        _lock = locked;

        // Each AppHost has its own: the guard of one that was killed must not take the processes of the next for its own.
        RunDirectory = Path.Combine(RunDirectoryOf(root), Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(RunDirectory);
        _guard = StartGuard();
    }

    public string Root { get; }

    public bool IsThrowAway => _throwAway;

    /// <summary>One file per running process, for the guard.</summary>
    public string RunDirectory { get; }

    /// <summary>Takes the directory, waiting for what a killed AppHost left to end.</summary>
    /// <exception cref="DistributedApplicationException">Another AppHost holds it.</exception>
    public static async Task<DataDirectory> OpenAsync(string root, bool throwAway, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(RunDirectoryOf(root));
        var locked = Lock(root);
        try
        {
            await EndLeftOversAsync(RunDirectoryOf(root), cancellationToken).ConfigureAwait(false);
            DeleteIfThere(TemporaryOf(root));
            return new DataDirectory(root, throwAway, locked);
        }
        catch
        {
            await locked.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The directory of a volume, which stays, or of a resource without one, which does not.</summary>
    public string DirectoryFor(string resource, string? volume)
    {
        var path = volume is null ? Path.Combine(TemporaryOf(Root), resource) : Path.Combine(Root, volume);
        // A server that has put a link in its place looks after what the link leads to.
        if (new DirectoryInfo(path).LinkTarget is null)
            Directory.CreateDirectory(path);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        using (var limit = new CancellationTokenSource(GuardTime))
            await _guard.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _guard.Dispose();
        DeleteIfThere(RunDirectory);
        DeleteIfThere(_throwAway ? Root : TemporaryOf(Root));
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private static string RunDirectoryOf(string root) => Path.Combine(root, "run");

    private static string TemporaryOf(string root) => Path.Combine(root, "tmp");

    private static void DeleteIfThere(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The guard, which took its time, deletes it as well.
        }
    }

    private static FileStream Lock(string root)
    {
        // Who holds it is in a file beside it, since nobody else may open the locked one.
        var holder = Path.Combine(root, "apphost.pid");
        try
        {
            // The lock goes with its process, however that ends.
            var locked = new FileStream(Path.Combine(root, "apphost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return locked;
        }
        catch (IOException exception)
        {
            var process = File.Exists(holder) ? File.ReadAllText(holder) : "unknown";
            throw new DistributedApplicationException(
                $"The data in {root} is in use by another AppHost (process {process}). "
                + $"Stop that one first, or give this one a directory of its own with {LocalSettings.DataDirectoryKey.Replace(":", "__", StringComparison.Ordinal)}.",
                exception);
        }
    }

    private static async Task EndLeftOversAsync(string runDirectory, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (Directory.EnumerateFiles(runDirectory, "*", SearchOption.AllDirectories).Where(IsAlive).ToArray() is { Length: > 0 } alive)
        {
            // Normally the guard of the killed AppHost is at work; when it was killed too, this is.
            if (TimeProvider.System.GetElapsedTime(begun) > LeftOverTime)
            {
                foreach (var file in alive)
                    Native.Kill(-ProcessId(file), Native.SigKill);
            }

            await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
        }

        foreach (var ended in Directory.EnumerateDirectories(runDirectory))
            DeleteIfThere(ended);
    }

    private static bool IsAlive(string file)
    {
        try
        {
            // The id of a process that has ended may have been given to another.
            var startTime = File.ReadAllText(file).Split(' ')[0];
            return (ProcessGroup.StartTimeOf(ProcessId(file)) ?? startTime) == startTime && ProcessGroup.IsAlive(ProcessId(file));
        }
        catch (FileNotFoundException)
        {
            // The guard was here.
            return false;
        }
    }

    private static int ProcessId(string file) => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture);

    private Process StartGuard()
    {
        using var script = new StreamReader(typeof(DataDirectory).Assembly.GetManifestResourceStream("Guard.sh")!);
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in (string[])["/bin/sh", "-c", script.ReadToEnd(), "apphost-guard", RunDirectory, _throwAway ? Root : ""])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new DistributedApplicationException("The guard of the processes could not be started.");
    }
}
