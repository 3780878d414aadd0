using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Shop.TelegramBot;

namespace Shop.Tests.Integration.Telegram;

/// <summary>The bot's process, connected to a sandbox, a Redis and a shop of the test.</summary>
internal sealed class RunningBot : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningBot(WebApplication app, LogLines log)
    {
        _app = app;
        Log = log;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public LogLines Log { get; }

    public static async Task<RunningBot> StartAsync(string telegramUrl, string token, string redis, FakeShop shop)
    {
        var log = new LogLines();
        string[] settings =
        [
            "--urls=http://127.0.0.1:0",
            $"--Telegram:Token={token}",
            $"--Telegram:ApiUrl={telegramUrl}",
            $"--ConnectionStrings:redis={redis}",
            "--ServiceAuth:ClientId=telegrambot",
            "--ServiceAuth:ClientSecret=the secret of the bot",
            "--DataProtection:Key=a key of enough characters",
            "--Logging:LogLevel:Default=Debug",
        ];
        var app = BotApplication.Build(settings, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(log);
            builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options => options.Retry.Delay = TimeSpan.FromMilliseconds(10));
            builder.Services.ConfigureHttpClientDefaults(http => http.ConfigurePrimaryHttpMessageHandler(() => shop));
        });
        await app.StartAsync();
        return new RunningBot(app, log);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>Everything that was logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string All => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _lines.Enqueue($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
