using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aspire.ResourceService;

/// <summary>
/// What the AppHost tells the dashboard, over HTTP on loopback. Streams are lines of JSON:
/// <c>GET /resources</c> gives the state of all resources again with each change, <c>GET /resources/{name}/console</c> the
/// lines of one; <c>GET /resources/{id}/environment/{variable}</c> gives one value, and
/// <c>POST /resources/{id}/commands/{command}</c> starts, stops or restarts.
/// </summary>
internal static class ResourceServiceContract
{
    /// <summary>The header with the key, as the real dashboard names it.</summary>
    public const string ApiKeyHeader = "x-resource-service-api-key";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

/// <summary>The state of one copy of a resource.</summary>
internal sealed record ResourceState
{
    /// <summary>Which copy; the name itself when there is only one.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Such as <c>Project</c>, <c>Container</c> or <c>Parameter</c>.</summary>
    public required string Type { get; init; }

    /// <summary>One of the states that Aspire knows, such as <c>Running</c>.</summary>
    public required string State { get; init; }

    public int? ExitCode { get; init; }

    /// <summary><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c> while it runs.</summary>
    public string? Health { get; init; }

    public IReadOnlyList<ResourceCheck> Checks { get; init; } = [];

    public DateTime? StartedAt { get; init; }

    public DateTime? StoppedAt { get; init; }

    /// <summary>The project or program.</summary>
    public string? Source { get; init; }

    public IReadOnlyList<ResourceEndpoint> Endpoints { get; init; } = [];

    public IReadOnlyList<ResourceVariable> Environment { get; init; } = [];

    public int? ProcessId { get; init; }

    /// <summary>In cores: 1 is one core in full.</summary>
    public double? Cpu { get; init; }

    /// <summary>In bytes, of the process and all that it started.</summary>
    public long? Memory { get; init; }

    public IReadOnlyList<ResourceRelation> Relations { get; init; } = [];

    /// <summary>What can be done with it now.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];
}

/// <param name="Name">The key of the check.</param>
/// <param name="Status">Nothing before its first run.</param>
/// <param name="Text">What the check said, or what went wrong.</param>
internal sealed record ResourceCheck(string Name, string? Status, string? Text);

internal sealed record ResourceEndpoint(string Name, string Url);

/// <param name="Name">The name of the variable.</param>
/// <param name="Value">Nothing when it is a secret: that is told only when it is asked for.</param>
internal sealed record ResourceVariable(string Name, string? Value);

/// <param name="Resource">The name of the other resource.</param>
/// <param name="Type"><c>Reference</c>, <c>WaitFor</c> or <c>Parent</c>.</param>
internal sealed record ResourceRelation(string Resource, string Type);

/// <param name="Number">Its number, from 1.</param>
/// <param name="Text">May have ANSI escapes in it.</param>
/// <param name="IsError">Whether it was written to standard error.</param>
internal sealed record ConsoleLine(int Number, string Text, bool IsError);

/// <param name="Success">Whether the command did what it should.</param>
/// <param name="Message">What went wrong.</param>
internal sealed record CommandResult(bool Success, string? Message);
