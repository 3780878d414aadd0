using System.Globalization;
using Shop.ServiceDefaults;

namespace Shop.TelegramBot.ShopApi;

/// <summary>The catalog service. The language chooses the names.</summary>
internal sealed class CatalogApi(HttpClient http)
{
    public Task<ProductPage> ListAsync(int page, int pageSize, string language, CancellationToken cancellationToken)
        => http.SendAsync(InLanguage($"/products?page={page}&page_size={pageSize}", language), ReadPageAsync, cancellationToken);

    /// <exception cref="ShopRefusedException">404: there is no such product.</exception>
    public Task<Product> GetAsync(int productId, string language, CancellationToken cancellationToken)
        => http.SendAsync<Product>(InLanguage($"/products/{productId}", language), cancellationToken);

    private static HttpRequestMessage InLanguage(string path, string language)
    {
        var request = ShopHttp.Get(path);
        request.Headers.AcceptLanguage.ParseAdd(language);
        return request;
    }

    private static async Task<ProductPage?> ReadPageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var products = await response.Content.ReadFromJsonAsync<Product[]>(JsonDefaults.Client, cancellationToken);
        if (products is null) return null;

        var header = response.Headers.TryGetValues("X-Total-Count", out var values) ? values.FirstOrDefault() : null;
        return new ProductPage(products, int.TryParse(header, CultureInfo.InvariantCulture, out var total) ? total : products.Length);
    }
}
