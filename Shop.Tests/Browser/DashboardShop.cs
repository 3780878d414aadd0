using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aspire.Dashboard;
using Aspire.Hosting;
using Aspire.Hosting.Local;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using Shop.Tests.Integration;

namespace Shop.Tests.Browser;

/// <summary>The whole shop with its dashboard, as <c>./shop up</c> starts it, on free ports and throw-away data.</summary>
public sealed class DashboardShop : IAsyncLifetime
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);
    private static readonly string[] Services = ["auth", "catalog", "orders", "payments", "notifications"];

    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    /// <summary>The running application.</summary>
    internal DistributedApplication App => _app ?? throw new InvalidOperationException("The shop is not started.");

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        using var timeout = new CancellationTokenSource(StartTime);
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Shop_AppHost>(
            ["--ASPNETCORE_URLS=http://localhost:18888", $"--{LocalSettings.DashboardPathKey}={typeof(DashboardApp).Assembly.Location}"],
            (options, _) => options.DisableDashboard = false,
            timeout.Token);
        _app = await _builder.BuildAsync(timeout.Token);
        await _app.StartAsync(timeout.Token);
        foreach (var resource in (string[])[DashboardResource.DefaultName, .. Services])
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, timeout.Token);
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        if (_builder is not null)
            await _builder.DisposeAsync();
    }

    /// <summary>Opens a page of the dashboard by the link that the AppHost prints.</summary>
    internal async Task<IPage> OpenAsync(Chromium chromium, string path, List<string> complaints)
    {
        var page = await chromium.OpenAsync(new Uri(_builder!.Configuration["ASPNETCORE_URLS"]!), "en-GB", complaints);
        await page.GotoAsync($"/login?t={_builder.Configuration["AppHost:BrowserToken"]}&returnUrl={Uri.EscapeDataString(path)}");
        return page;
    }

    /// <summary>Has a new buyer order a phone, and waits until the order is confirmed.</summary>
    internal async Task<string> OrderAsync()
    {
        using var auth = App.CreateHttpClient("auth", "http");
        using var registered = await auth.PostAsJsonAsync(
            "/auth/register", new { email = $"buyer-{Guid.NewGuid():N}@example.com", password = "Correct-horse-2-battery", name = "Buyer" });
        registered.EnsureSuccessStatusCode();
        using var orders = App.CreateHttpClient("orders", "http");
        orders.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string?)(await ShopFixture.ReadAsync(registered))["access_token"]);
        using var response = await orders.PostAsJsonAsync("/orders", new { items = new[] { new { product_id = 1, quantity = 1 } } });
        response.EnsureSuccessStatusCode();
        JsonNode order = await ShopFixture.ReadAsync(response);
        var id = (string)order["id"]!;
        await ShopFixture.UntilOrderAsync(orders, id, "confirmed");
        return id;
    }
}
