namespace Aspire.Dashboard.Telemetry;

/// <summary>What a span stands for, with OpenTelemetry's numbers.</summary>
public enum SpanKind
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

/// <summary>A finished span. Times are nanoseconds since 1970.</summary>
public sealed record Span
{
    public required TraceId TraceId { get; init; }

    public required SpanId Id { get; init; }

    /// <summary>The default value for a root.</summary>
    public SpanId ParentId { get; init; }

    public required TelemetryResource Resource { get; init; }

    /// <summary>The name of the ActivitySource.</summary>
    public string Source { get; init; } = "";

    public required string Name { get; init; }

    public SpanKind Kind { get; init; }

    public required long Start { get; init; }

    /// <summary>Not before <see cref="Start"/>.</summary>
    public required long End { get; init; }

    public bool IsError { get; init; }

    public string StatusMessage { get; init; } = "";

    public AttributeList Attributes { get; init; } = AttributeList.Empty;

    public IReadOnlyList<SpanEvent> Events { get; init; } = [];

    public IReadOnlyList<SpanLink> Links { get; init; } = [];

    public long Duration => End - Start;
}

public sealed record SpanEvent(long Time, string Name, AttributeList Attributes);

public sealed record SpanLink(TraceId TraceId, SpanId SpanId, AttributeList Attributes);
