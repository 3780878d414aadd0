using Shop.Tests.Support;

namespace Shop.Tests.Integration.Orders;

/// <summary>Orders as an outage would leave them: stored, and nobody at work on them.</summary>
internal static class OpenOrders
{
    /// <summary>Stores a pending order.</summary>
    /// <param name="shop">The shop.</param>
    /// <param name="buyer">Whose it is.</param>
    /// <param name="flow">choreography or orchestration.</param>
    /// <param name="deadline">When it is given up, from now.</param>
    /// <param name="key">The Idempotency-Key it was placed with.</param>
    public static async Task<Guid> InsertAsync(ShopFixture shop, Customer buyer, string flow, string deadline, string? key = null) =>
        await shop.QueryAsync<Guid>("ordersdb", """
            INSERT INTO orders (id, customer_id, customer_email, flow, status, total_amount, currency, payment_method, expires_at, created_at, updated_at,
                                idempotency_key)
            VALUES ($1, $2, $3, $4, 'pending', 500.00, 'RUB', 'wallet', now() + $5::interval, now(), now(), nullif($6, ''))
            RETURNING id
            """, Guid.CreateVersion7(), buyer.Id, buyer.Email, flow, deadline, key ?? "");

    /// <summary>Stores an order that was paid two hours ago and of whose notification nothing was heard.</summary>
    public static async Task<Guid> InsertPaidAsync(ShopFixture shop, Customer buyer) =>
        await shop.QueryAsync<Guid>("ordersdb", """
            INSERT INTO orders (id, customer_id, customer_email, flow, status, total_amount, currency, payment_method, payment_id, payment_status,
                                expires_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'choreography', 'paid', 500.00, 'RUB', 'wallet', $4, 'captured',
                    now() - interval '105 minutes', now() - interval '2 hours', now() - interval '2 hours')
            RETURNING id
            """, Guid.CreateVersion7(), buyer.Id, buyer.Email, Guid.CreateVersion7());

    /// <summary>Waits until payments knows that the order must not be charged any more.</summary>
    public static Task UntilPaymentsRefuseAsync(ShopFixture shop, Guid orderId) => Eventually.HoldsAsync(
        async () => await shop.QueryAsync<long>("paymentsdb",
            "SELECT count(*) FROM payments WHERE order_id = $1 AND status = 'cancelled'", orderId) == 1,
        "payments refuses the order");
}
