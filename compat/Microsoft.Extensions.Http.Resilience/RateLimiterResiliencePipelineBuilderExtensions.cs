using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;
using Polly.RateLimiting;

namespace Polly;

/// <summary>Adds rate limiters to pipelines.</summary>
public static class RateLimiterResiliencePipelineBuilderExtensions
{
    /// <summary>Adds a rate limiter.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The limiter lives as long as the pipeline, which is as long as the process.")]
    public static TBuilder AddRateLimiter<TBuilder>(this TBuilder builder, RateLimiterStrategyOptions options)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);

        var acquire = options.RateLimiter;
        if (acquire is null)
        {
            var limiter = new ConcurrencyLimiter(options.DefaultRateLimiterOptions);
            acquire = arguments => limiter.AcquireAsync(cancellationToken: arguments.Context.CancellationToken);
        }
        return builder.AddStrategy(_ => new RateLimiterStrategy(acquire, options), options);
    }
}
