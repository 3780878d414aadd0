using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds resilience to HTTP clients.</summary>
public static class ResilienceHttpClientBuilderExtensions
{
    /// <summary>Adds the standard pipeline with its defaults.</summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var name = $"{builder.Name}-standard";
        builder.Services.AddOptions<HttpStandardResilienceOptions>(name).ValidateDataAnnotations();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<HttpStandardResilienceOptions>, HttpStandardResilienceOptionsValidator>());

        AddPipeline(builder, name, (pipeline, services) =>
        {
            var options = services.GetRequiredService<IOptionsMonitor<HttpStandardResilienceOptions>>().Get(name);
            pipeline
                .AddRateLimiter(options.RateLimiter)
                .AddTimeout(options.TotalRequestTimeout)
                .AddRetry(options.Retry)
                .AddCircuitBreaker(options.CircuitBreaker)
                .AddTimeout(options.AttemptTimeout);
        });
        return new HttpResiliencePipelineBuilder(name, builder.Services);
    }

    /// <summary>Adds the standard pipeline with options from configuration.</summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
        this IHttpClientBuilder builder, IConfigurationSection section) =>
        builder.AddStandardResilienceHandler().Configure(section);

    /// <summary>Adds the standard pipeline with options.</summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
        this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure) =>
        builder.AddStandardResilienceHandler().Configure(configure);

    /// <summary>Adds a pipeline of one's own.</summary>
    public static IHttpResiliencePipelineBuilder AddResilienceHandler(
        this IHttpClientBuilder builder, string pipelineName,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(pipelineName);
        ArgumentNullException.ThrowIfNull(configure);

        var name = $"{builder.Name}-{pipelineName}";
        AddPipeline(builder, name, (pipeline, _) => configure(pipeline));
        return new HttpResiliencePipelineBuilder(name, builder.Services);
    }

    /// <summary>Removes every resilience handler that was added before, such as those of the defaults for all clients.</summary>
    public static IHttpClientBuilder RemoveAllResilienceHandlers(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureAdditionalHttpMessageHandlers(static (handlers, _) =>
        {
            for (var i = handlers.Count - 1; i >= 0; i--)
            {
                if (handlers[i] is ResilienceHandler)
                    handlers.RemoveAt(i);
            }
        });
    }

    private static void AddPipeline(
        IHttpClientBuilder builder, string name,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, IServiceProvider> configure)
    {
        builder.Services.TryAddSingleton<HttpPipelines>();
        builder.Services.AddOptions<HttpPipelineKeyOptions>(name);
        builder.AddHttpMessageHandler(services =>
        {
            var pipelines = services.GetRequiredService<HttpPipelines>();
            var key = services.GetRequiredService<IOptionsMonitor<HttpPipelineKeyOptions>>().Get(name)
                .Selector?.Invoke(services) ?? (static _ => "");
            return new ResilienceHandler(request =>
                pipelines.Get(name, key(request), pipeline => configure(pipeline, services)));
        });
    }
}
