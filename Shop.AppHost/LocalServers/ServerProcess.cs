using System.Globalization;

namespace Shop.AppHost.LocalServers;

/// <summary>A server as a process of the orchestrator, below a shell that stops it well and leaves nothing of it.</summary>
/// <param name="name">The name of the server that it stands for.</param>
/// <param name="directory">Its data.</param>
internal sealed class ServerProcess(string name, string directory) : ExecutableResource(name, "/bin/sh", directory)
{
    /// <summary>How long a start waits for what an AppHost that was killed has left of the same server, in seconds.</summary>
    private const int PatienceSeconds = 15;

    // A program in the background, so that the shell can hear the signal of the orchestrator. The lock is held by the program and
    // all that it starts, and so by whatever of it is left. Data that is thrown away goes when nobody is left to need it.
    private const string Script =
        """
        lock=$1 signal=$2 apphost=$3 thrown=$4; shift 4
        flock --no-fork --wait $patience "$lock" "$@" & server=$!
        trap 'kill -s "$signal" "$server"' TERM INT
        while wait "$server"; code=$?; kill -0 "$server" 2>/dev/null; do :; done
        if [ -n "$thrown" ] && ! kill -0 "$apphost" 2>/dev/null; then rm -rf -- "$thrown"; fi
        exit "$code"
        """;

    /// <summary>The arguments of the shell.</summary>
    /// <param name="lockFile">What the server holds locked.</param>
    /// <param name="stopSignal">How it is stopped.</param>
    /// <param name="throwAway">What to delete when it has ended after its AppHost; nothing when null.</param>
    /// <param name="command">The program and its arguments.</param>
    public static IEnumerable<string> Arguments(string lockFile, string stopSignal, string? throwAway, IEnumerable<string> command) =>
    [
        "-c", $"patience={PatienceSeconds.ToString(CultureInfo.InvariantCulture)}\n{Script}", "server",
        lockFile, stopSignal, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), throwAway ?? "", .. command,
    ];
}
