using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The time a request, or one attempt of it, may take.</summary>
public class HttpTimeoutStrategyOptions : TimeoutStrategyOptions;
