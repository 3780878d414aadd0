using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Runs a server from its installed program, in place of a container.</summary>
internal abstract class LocalServer : IResourceAnnotation
{
    /// <summary>The Debian package that has the program.</summary>
    public abstract string Package { get; }

    /// <summary>Whether the program is installed.</summary>
    public abstract bool IsInstalled { get; }

    /// <summary>Makes the data directory ready and says how to start the server.</summary>
    public abstract Task<ProcessSpec> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken);
}

/// <summary>What a local server needs to know to start.</summary>
internal sealed record LocalServerContext
{
    public required string DataDirectory { get; init; }

    /// <summary>Whether the data need not survive a crash of the machine.</summary>
    public required bool IsThrowAway { get; init; }

    public required ProcessLauncher Launcher { get; init; }

    public required Ports Ports { get; init; }

    public required ILogger Logger { get; init; }

    public required Func<string, int> Port { get; init; }
}
