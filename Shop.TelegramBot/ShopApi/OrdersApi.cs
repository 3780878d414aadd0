namespace Shop.TelegramBot.ShopApi;

/// <summary>The orders service, on behalf of a signed-in customer.</summary>
internal sealed class OrdersApi(HttpClient http)
{
    /// <summary>Places an order. The same key with the same items is the same order.</summary>
    public Task<Order> PlaceAsync(NewOrder order, string idempotencyKey, string accessToken, CancellationToken cancellationToken)
    {
        var request = ShopHttp.Post("/orders", order).SignedBy(accessToken);
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return http.SendAsync<Order>(request, cancellationToken);
    }

    /// <exception cref="ShopRefusedException">404: the customer has no such order.</exception>
    public Task<Order> GetAsync(Guid orderId, string accessToken, CancellationToken cancellationToken)
        => http.SendAsync<Order>(ShopHttp.Get($"/orders/{orderId}").SignedBy(accessToken), cancellationToken);

    /// <summary>The customer's latest orders.</summary>
    public Task<Order[]> LatestAsync(int count, string accessToken, CancellationToken cancellationToken)
        => http.SendAsync<Order[]>(ShopHttp.Get($"/orders?page=1&page_size={count}").SignedBy(accessToken), cancellationToken);
}
