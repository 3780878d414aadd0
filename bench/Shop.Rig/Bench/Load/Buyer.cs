using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Shop.Rig.Bench.Load;

/// <summary>
/// Orders over a kept-alive connection of its own. It shares the processors with what it measures, so it does as little as
/// can be: the body is text, the answer is read but not parsed, and the order's id is in its Location.
/// </summary>
internal sealed class Buyer(Uri orders, string token, IEnumerable<int> products) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private static int s_next;

    private readonly byte[][] _bodies = [.. products.Select(product => Encoding.UTF8.GetBytes($$"""{"items":[{"product_id":{{product}},"quantity":1}]}"""))];

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
    });
    private readonly Uri _orders = new(orders, "/orders");
    private readonly AuthenticationHeaderValue _authorization = new("Bearer", token);

    /// <summary>Places an order for one piece of the next product.</summary>
    /// <returns>The accepted order.</returns>
    /// <exception cref="HttpRequestException">It was not accepted.</exception>
    public async Task<Guid> OrderAsync(CancellationToken cancellationToken)
    {
        var body = _bodies[(uint)Interlocked.Increment(ref s_next) % (uint)_bodies.Length];
        using var request = new HttpRequestMessage(HttpMethod.Post, _orders) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.Authorization = _authorization;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());

        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new HttpRequestException($"An order was answered {(int)response.StatusCode}: {answer}");
        }

        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var location = response.Headers.Location!.OriginalString;
        return Guid.Parse(location.AsSpan(location.LastIndexOf('/') + 1), CultureInfo.InvariantCulture);
    }

    public void Dispose() => _http.Dispose();
}
