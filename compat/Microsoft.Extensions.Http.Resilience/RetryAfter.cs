namespace Microsoft.Extensions.Http.Resilience;

internal static class RetryAfter
{
    /// <summary>The delay that the response asks for, if it asks; never negative.</summary>
    public static TimeSpan? Of(HttpResponseMessage? response)
    {
        var header = response?.Headers.RetryAfter;
        var delay = header?.Delta ?? header?.Date - TimeProvider.System.GetUtcNow();
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }
}
