using Microsoft.AspNetCore.Builder;
using Shop.Sandbox;
using Telegram.Bot;

namespace Shop.Tests.Integration.Telegram;

/// <summary>A sandbox of one test on a port of its own.</summary>
internal sealed class RunningSandbox : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningSandbox(WebApplication app, string token)
    {
        _app = app;
        Token = token;
        Http = new HttpClient { BaseAddress = new Uri(Url) };
    }

    public string Token { get; }

    public string Url => _app.Urls.First();

    public HttpClient Http { get; }

    public static async Task<RunningSandbox> StartAsync(params string[] settings)
    {
        var token = $"4242:{Guid.NewGuid():N}";
        var app = SandboxApplication.Build(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning", $"--Telegram:Token={token}", .. settings]);
        await app.StartAsync();
        return new RunningSandbox(app, token);
    }

    public TelegramBotClient Client(string? token = null, Action<TelegramBotClientOptions>? configure = null)
    {
        var options = new TelegramBotClientOptions(token ?? Token, Url);
        configure?.Invoke(options);
        return new TelegramBotClient(options, Http);
    }

    public Person Person(long id, string language = "en") => new(Http, id, language);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
