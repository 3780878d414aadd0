using Polly;
using StackExchange.Redis;

namespace Shop.Web.Api;

/// <summary>Tells what passes by itself, a service or Redis that is away, from what is wrong with the request or with us.</summary>
internal static class Outage
{
    public static bool Is(Exception exception) =>
        exception is HttpRequestException or ExecutionRejectedException or TimeoutException or RedisException
            or ApiException { Status: StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError };
}
