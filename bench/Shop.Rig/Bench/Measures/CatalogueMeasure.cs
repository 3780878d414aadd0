using System.Globalization;
using System.Net;

using Shop.Rig.Bench.Report;

namespace Shop.Rig.Bench.Measures;

/// <summary>Reads of the catalogue: the page that is cached, and pages that nobody asked for before.</summary>
internal static class CatalogueMeasure
{
    private const string Group = "Catalogue";
    private const int Readers = 16;

    public static async Task RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
        using var discovery = run.Shop.Shop.CreateClient("catalog");
        var catalog = discovery.BaseAddress!;
        var first = new Uri(catalog, "/products");
        // Every query has another price range, so that nothing but the database can answer it.
        var number = 0;
        Uri Distinct()
        {
            var n = Interlocked.Increment(ref number);
            return new Uri(catalog, string.Create(CultureInfo.InvariantCulture, $"/products?min_price={n % 5_000}.{n / 5_000 % 100:00}&sort=price_asc&page_size=20"));
        }

        run.Progress.Step("Catalogue: reads");
        await ReadAsync(client, () => first, TimeSpan.FromSeconds(1), cancellationToken);
        await ReadAsync(client, Distinct, TimeSpan.FromSeconds(1), cancellationToken);
        var cached = await ReadAsync(client, () => first, run.Options.ShortSlice, cancellationToken);
        var cold = await ReadAsync(client, Distinct, run.Options.ShortSlice, cancellationToken);
        run.Results.Figures.AddRange([
            new Figure(Group, "20 products, cached", cached, "/s") { Ratio = new Ratio(cached / cold, "cold") },
            new Figure(Group, "20 products, cold (each query new)", cold, "/s"),
        ]);
    }

    /// <returns>Reads a second.</returns>
    private static async Task<double> ReadAsync(HttpMessageInvoker client, Func<Uri> next, TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = DateTime.UtcNow;
        var end = start + duration;
        var counts = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; DateTime.UtcNow < end; count++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, next());
                using var response = await client.SendAsync(request, cancellationToken);
                if (response.StatusCode != HttpStatusCode.OK)
                    throw new HttpRequestException($"The catalogue answered {(int)response.StatusCode}.");
                await response.Content.LoadIntoBufferAsync(cancellationToken);
            }
            return count;
        }, cancellationToken)));
        return counts.Sum() / (DateTime.UtcNow - start).TotalSeconds;
    }
}
