using System.Globalization;
using System.Net;
using Shop.ServiceDefaults;

namespace Shop.Web.Api;

/// <summary>Reads what the services answer.</summary>
internal static class ApiResponses
{
    /// <exception cref="ApiException">The service answered with a problem.</exception>
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.EnsureSuccessAsync(cancellationToken);
        return await response.Content.ReadFromJsonAsync<T>(JsonDefaults.Client, cancellationToken)
            ?? throw new HttpRequestException("The service answered with nothing.");
    }

    /// <returns>Null when there is no such thing, or it is somebody else's.</returns>
    public static async Task<T?> FindAsync<T>(this HttpResponseMessage response, CancellationToken cancellationToken) where T : class =>
        response.StatusCode == HttpStatusCode.NotFound ? null : await response.ReadAsync<T>(cancellationToken);

    public static async Task<Page<T>> ReadPageAsync<T>(this HttpResponseMessage response, int number, int size, CancellationToken cancellationToken)
    {
        var items = await response.ReadAsync<List<T>>(cancellationToken);
        var total = response.Headers.TryGetValues("X-Total-Count", out var values)
            ? long.Parse(values.First(), CultureInfo.InvariantCulture)
            : items.Count;
        return new Page<T>(items, number, size, total);
    }

    public static async Task EnsureSuccessAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;

        var problem = response.Content.Headers.ContentType?.MediaType is "application/problem+json"
            ? await response.Content.ReadFromJsonAsync<Problem>(JsonDefaults.Client, cancellationToken)
            : null;
        throw new ApiException((int)response.StatusCode, problem?.Code ?? "", problem?.Detail ?? "", problem?.Errors ?? []);
    }

    private sealed record Problem(string? Code, string? Detail, Dictionary<string, string[]>? Errors);
}
