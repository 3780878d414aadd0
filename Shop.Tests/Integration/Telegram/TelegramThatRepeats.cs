using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Shop.Tests.Integration.Telegram;

/// <summary>Stands before the sandbox and loses the first confirmation, as when the bot dies after handling: the updates come again.</summary>
internal sealed class TelegramThatRepeats : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _sandbox;
    private int _confirmations;

    private TelegramThatRepeats(WebApplication app, HttpClient sandbox)
    {
        _app = app;
        _sandbox = sandbox;
    }

    public string Url => _app.Urls.First();

    public bool Repeated => Volatile.Read(ref _confirmations) > 1;

    public static async Task<TelegramThatRepeats> StartAsync(RunningSandbox sandbox)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var repeating = new TelegramThatRepeats(app, new HttpClient { BaseAddress = new Uri(sandbox.Url) });
        app.MapPost("/{**path}", repeating.ForwardAsync);
        await app.StartAsync();
        return repeating;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _sandbox.Dispose();
    }

    private async Task ForwardAsync(string path, HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        if (path.EndsWith("/getUpdates", StringComparison.Ordinal) && body.Contains("\"offset\":", StringComparison.Ordinal) && Interlocked.Increment(ref _confirmations) == 1)
            body = body.Replace("\"offset\":", "\"forgotten\":", StringComparison.Ordinal);

        using var content = new StringContent(body, null, "application/json");
        using var answer = await _sandbox.PostAsync("/" + path, content, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(await answer.Content.ReadAsStringAsync(http.RequestAborted), http.RequestAborted);
    }
}
