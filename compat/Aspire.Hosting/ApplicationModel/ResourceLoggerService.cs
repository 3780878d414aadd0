using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of the log of a resource.</summary>
/// <param name="LineNumber">Its number, from 1.</param>
/// <param name="Content">The text.</param>
/// <param name="IsErrorMessage">Whether it was written to standard error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Keeps the newest lines that each resource wrote, and passes them on.</summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Action<string, string> _sink;

    internal ResourceLoggerService(Action<string, string> sink) => _sink = sink;

    /// <summary>The logger of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>The logger.</returns>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetLogger(resource.Name);
    }

    /// <summary>The logger of a resource.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <returns>The logger.</returns>
    public ILogger GetLogger(string resourceName) => new Logger(this, resourceName);

    /// <summary>Watches the lines of a resource, beginning with those that are kept.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>The lines, in batches.</returns>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(resource.Name);
    }

    /// <summary>Watches the lines of a resource, beginning with those that are kept.</summary>
    /// <param name="resourceName">The name of the resource.</param>
    /// <returns>The lines, in batches.</returns>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync();

    internal void Write(string resourceName, string line, bool isError)
    {
        Log(resourceName).Add(line, isError);
        _sink(resourceName, line);
    }

    internal IReadOnlyList<LogLine> Last(string resourceName, int count) => Log(resourceName).Last(count);

    private ResourceLog Log(string resourceName) => _logs.GetOrAdd(resourceName, _ => new ResourceLog());

    private sealed class ResourceLog
    {
        private const int Kept = 1000;
        private readonly Queue<LogLine> _lines = new(Kept);
        private readonly List<ChannelWriter<LogLine>> _watchers = [];
        private int _count;

        public void Add(string content, bool isError)
        {
            lock (_lines)
            {
                var line = new LogLine(++_count, content, isError);
                if (_lines.Count == Kept)
                    _lines.Dequeue();
                _lines.Enqueue(line);
                foreach (var watcher in _watchers)
                    watcher.TryWrite(line);
            }
        }

        public LogLine[] Last(int count)
        {
            lock (_lines)
                return [.. _lines.TakeLast(count)];
        }

        public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });
            LogLine[] kept;
            lock (_lines)
            {
                kept = [.. _lines];
                _watchers.Add(lines.Writer);
            }

            try
            {
                if (kept.Length > 0)
                    yield return kept;
                await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                    yield return [line];
            }
            finally
            {
                lock (_lines)
                    _watchers.Remove(lines.Writer);
            }
        }
    }

    private sealed class Logger(ResourceLoggerService service, string resourceName) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;

            var message = formatter(state, exception);
            var text = exception is null ? message : $"{message} {exception.GetType().Name}: {exception.Message}";
            service.Write(resourceName, text, logLevel >= LogLevel.Error);
        }
    }
}
