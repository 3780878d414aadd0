using System.Collections.Concurrent;
using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// One pipeline per name and key for the life of the process: circuit breakers and limits keep their state while
/// HttpClientFactory replaces the handlers.
/// </summary>
internal sealed class HttpPipelines
{
    // A key can come from outside (a host in a URL). Beyond this many, new keys share one pipeline.
    private const int MaxPipelines = 1024;

    private readonly ConcurrentDictionary<(string Name, string Key), Lazy<ResiliencePipeline<HttpResponseMessage>>> _pipelines = new();

    public ResiliencePipeline<HttpResponseMessage> Get(
        string name, string key, Action<ResiliencePipelineBuilder<HttpResponseMessage>> configure)
    {
        if (_pipelines.TryGetValue((name, key), out var known))
            return known.Value;

        if (_pipelines.Count >= MaxPipelines)
            key = "";
        return _pipelines.GetOrAdd((name, key), static (id, configure) => new(() =>
        {
            var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { Name = id.Name, InstanceName = id.Key };
            configure(builder);
            return builder.Build();
        }), configure).Value;
    }
}
