namespace Shop.Rig.Hook;

/// <summary>What this process has seen done, one line each: fault point, queue, message id. A line outlives a SIGKILL that comes after it.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "It lives as long as the process, which is killed.")]
internal sealed class WitnessFile
{
    private readonly FileStream _file;
    private readonly Lock _gate = new();

    public WitnessFile(string directory, string service) => _file = new FileStream(
        Path.Combine(directory, "witness", $"{service}-{Environment.ProcessId}-{Guid.NewGuid():N}.log"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 });

    /// <param name="point">The fault point.</param>
    /// <param name="payload">Shop.Messaging's own record, which this assembly does not refer to.</param>
    public void Write(string point, object payload)
    {
        var type = payload.GetType();
        var queue = type.GetProperty("Queue")?.GetValue(payload) as string;
        var ids = (IEnumerable<string>)type.GetProperty("MessageIds")!.GetValue(payload)!;
        var lines = string.Concat(ids.Select(id => $"{point} {queue ?? "-"} {id}\n"));
        lock (_gate)
            _file.Write(System.Text.Encoding.ASCII.GetBytes(lines)); // Unbuffered: one write, and it is the kernel's.
    }
}
