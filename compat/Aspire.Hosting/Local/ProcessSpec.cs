namespace Aspire.Hosting.Local;

/// <summary>How a process is started and stopped.</summary>
internal sealed record ProcessSpec
{
    public required string FileName { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string WorkingDirectory { get; init; }

    /// <summary>Added to the environment of the AppHost, or removed from it when the value is missing.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Written to its standard input, which is then closed.</summary>
    public string? StandardInput { get; init; }

    /// <summary>The user it runs as when the AppHost is root.</summary>
    public string? User { get; init; }

    /// <summary>Whether it is asked to stop with the signals of Postgres: INT, then QUIT.</summary>
    public bool StopsLikePostgres { get; init; }
}
