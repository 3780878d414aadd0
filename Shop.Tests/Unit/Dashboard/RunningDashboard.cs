using Aspire.Dashboard;
using Microsoft.AspNetCore.Builder;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>A dashboard in this process, on ports of its own.</summary>
internal sealed class RunningDashboard : IAsyncDisposable
{
    public const string Token = "token-of-the-test";
    public const string ApiKey = "key-of-the-test";

    private readonly WebApplication _app;

    private RunningDashboard(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public Uri Pages => new(_app.Urls.First());

    public Uri Telemetry => new(_app.Urls.ElementAt(1));

    public Uri Grpc => new(_app.Urls.Last());

    public static async Task<RunningDashboard> StartAsync(params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] all =
        [
            // Addresses that differ, since the server chooses the ports.
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
            ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://127.0.0.2:0"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://127.0.0.3:0"),
            ("Dashboard:Frontend:BrowserToken", Token),
            ("Dashboard:Otlp:PrimaryApiKey", ApiKey),
            ("Logging:LogLevel:Default", "Warning"),
            .. settings,
        ];
        var app = DashboardApp.Create([.. all.Select(setting => $"--{setting.Key}={setting.Value}")]);
        await app.StartAsync();
        return new RunningDashboard(app);
    }

    /// <summary>Talks to an address for telemetry, without the key.</summary>
    /// <remarks>A body that waits to be asked for must not be sent because a slow machine takes a second to refuse it.</remarks>
    public HttpClient CreateExporter(bool isGrpc = false) =>
        new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) }) { BaseAddress = isGrpc ? Grpc : Telemetry };

    /// <summary>A browser that has signed in.</summary>
    public async Task<HttpClient> SignInAsync()
    {
        var client = new HttpClient { BaseAddress = Pages };
        using var response = await client.GetAsync(new Uri($"/login?t={Token}", UriKind.Relative));
        response.EnsureSuccessStatusCode();
        return client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
