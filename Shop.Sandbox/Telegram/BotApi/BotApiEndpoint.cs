using System.Diagnostics;
using System.Globalization;

namespace Shop.Sandbox.Telegram.BotApi;

/// <summary><c>/bot{token}/{method}</c>: one endpoint for every method, with Telegram's envelope around the answer.</summary>
internal static class BotApiEndpoint
{
    public static void MapBotApi(this IEndpointRouteBuilder endpoints)
        => endpoints.MapMethods("/bot{token}/{method}", [HttpMethods.Get, HttpMethods.Post], CallAsync).ExcludeFromDescription();

    private static async Task<IResult> CallAsync(string token, string method, HttpContext http, BotMethods methods)
    {
        // The path holds the token, which has no place in a trace.
        Activity.Current?.SetTag("url.path", $"/bot/{method}");
        try
        {
            var request = await BotRequest.ReadAsync(http.Request, http.RequestAborted);
            var result = await methods.CallAsync(token, method, request, http.RequestAborted);
            return Results.Json(new { ok = true, result });
        }
        catch (BotApiException error)
        {
            return Refuse(http, error);
        }
    }

    private static IResult Refuse(HttpContext http, BotApiException error)
    {
        if (error.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Results.Json(
            new
            {
                ok = false,
                error_code = error.ErrorCode,
                description = error.Message,
                parameters = error.RetryAfter is { } retryAfter ? new { retry_after = retryAfter } : null,
            },
            statusCode: error.ErrorCode);
    }
}
