using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Shop.Tests.Support;

/// <summary>What one class logs, and in which trace.</summary>
internal sealed class TracedLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text, ActivityTraceId? Trace)> _lines = new();

    public IReadOnlyCollection<(LogLevel Level, string Text, ActivityTraceId? Trace)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception), Activity.Current?.TraceId));
}
