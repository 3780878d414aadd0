using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Shop.AppHost.Operations;

/// <summary>Data to look at, by the APIs that everybody uses.</summary>
internal sealed class DemoData(ShopUser user, EndpointReference service)
{
    private const int Products = 100_000;
    private const int Orders = 100;
    private const int AtOnce = 4;

    /// <summary>What the hundred orders cost, and some more.</summary>
    private const decimal Deposit = 200_000m;

    private static readonly TimeSpan ConfirmTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly string[] OpenStates = ["pending", "awaiting_payment", "paid"];

    /// <summary>Fills the catalogue.</summary>
    /// <returns>How many products were added.</returns>
    public async Task<int> FillAsync(CancellationToken cancellationToken)
    {
        using var client = await user.SignInAsync(service, cancellationToken);
        using var response = await client.PostAsJsonAsync("/demo/products", new { count = Products }, cancellationToken);
        return (int)(await ShopUser.ReadAsync(response, cancellationToken))["added"]!;
    }

    /// <summary>Places orders and waits for what becomes of them, a minute at most.</summary>
    /// <returns>How many orders there are in each state.</returns>
    public async Task<IReadOnlyDictionary<string, int>> OrderAsync(EndpointReference payments, CancellationToken cancellationToken)
    {
        using (var wallet = await user.SignInAsync(payments, cancellationToken))
        using (var response = await wallet.PostAsJsonAsync("/accounts/deposit", new { amount = Deposit }, cancellationToken))
            await ShopUser.ReadAsync(response, cancellationToken);

        using var client = await user.SignInAsync(service, cancellationToken);
        var states = new string[Orders];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, Orders, limits, async (number, stopping) => states[number] = await OrderAsync(client, number, stopping));
        return states.CountBy(state => state).ToDictionary();
    }

    private static async Task<string> OrderAsync(HttpClient client, int number, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders")
        {
            Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } },
            Content = JsonContent.Create(new { items = new[] { new { product_id = 1 + (number % 2), quantity = 1 } } }),
        };
        using var response = await client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return $"refused ({(int)response.StatusCode})";

        var order = await ShopUser.ReadAsync(response, cancellationToken);
        var begun = TimeProvider.System.GetTimestamp();
        while (OpenStates.Contains((string)order["status"]!) && TimeProvider.System.GetElapsedTime(begun) < ConfirmTime)
        {
            await Task.Delay(Poll, cancellationToken);
            order = (await client.GetFromJsonAsync<JsonNode>($"/orders/{order["id"]}", cancellationToken))!;
        }

        return (string)order["status"]!;
    }
}
