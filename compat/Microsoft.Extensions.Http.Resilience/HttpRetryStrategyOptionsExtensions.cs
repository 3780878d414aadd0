using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Which requests are retried.</summary>
public static class HttpRetryStrategyOptionsExtensions
{
    /// <summary>Leaves requests that may change something (DELETE, PATCH, POST, PUT, CONNECT) without retries.</summary>
    public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options) =>
        options.DisableFor(HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Post, HttpMethod.Put, HttpMethod.Connect);

    /// <summary>Leaves requests with these methods without retries.</summary>
    public static void DisableFor(this HttpRetryStrategyOptions options, params HttpMethod[] methods)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(methods);

        var shouldHandle = options.ShouldHandle;
        options.ShouldHandle = async args =>
            await shouldHandle(args)
            && args.Context.GetRequestMessage() is var request
            && !(request is not null && methods.Contains(request.Method));
    }
}
