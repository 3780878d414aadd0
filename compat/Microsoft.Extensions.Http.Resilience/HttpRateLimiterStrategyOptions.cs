using Polly.RateLimiting;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>How many requests may be under way at once: 1000 by default, and no queue.</summary>
public class HttpRateLimiterStrategyOptions : RateLimiterStrategyOptions;
