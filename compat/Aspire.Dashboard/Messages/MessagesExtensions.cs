using System.Text.Json;
using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Messages;

internal static class MessagesExtensions
{
    private const string DeadLetters = "dead-letters";
    private const string Outbox = "outbox";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60); // A replay of many messages takes its time.

    public static void AddMessages(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MessagesOptions>().BindConfiguration(MessagesOptions.Section)
            .Validate(options => options.Services.Count == 0 || options.Token.Url is not null, $"{MessagesOptions.Section}:Token:Url is missing.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services => new OperatorClient(
            new HttpClient(ActivatorUtilities.CreateInstance<OperatorToken>(services).Over(Connections())) { Timeout = Timeout },
            services.GetRequiredService<OwnTraces>(),
            services.GetRequiredService<IOptions<MessagesOptions>>()));
        builder.Services.AddSingleton(services => new Broker(new HttpClient(Connections()) { Timeout = Timeout }, services.GetRequiredService<IOptions<MessagesOptions>>()));
        builder.Services.AddSingleton<MessagesOverview>();
    }

    public static void MapMessages(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/messages/replay", ReplayAsync);

    // The token and the password go nowhere but to the addresses that were given; trace contexts are our own.
    private static SocketsHttpHandler Connections() =>
        new() { ConnectTimeout = ConnectTimeout, UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null };

    private static OperatorToken Over(this OperatorToken token, HttpMessageHandler connections)
    {
        token.InnerHandler = connections;
        return token;
    }

    // The form has an antiforgery token, which is checked for every endpoint that reads a form.
    private static async Task<Results<RedirectHttpResult, NotFound>> ReplayAsync(
        [FromForm] string service, [FromForm] string kind, [FromForm] Guid? id, [FromForm] string? type, [FromForm] string? errorType,
        OperatorClient services, CancellationToken cancellationToken)
    {
        if (!services.Knows(service) || kind is not (DeadLetters or Outbox))
            return TypedResults.NotFound();

        var page = $"/messages/{Uri.EscapeDataString(service)}/{kind}";
        var state = kind == Outbox ? "parked" : null;
        try
        {
            var choice = new MessageChoice(id, type, errorType);
            var (replayed, remaining) = kind == Outbox
                ? Counts(await services.ReplayOutboxAsync(service, choice, dryRun: false, cancellationToken))
                : Counts(await services.ReplayDeadLettersAsync(service, choice, dryRun: false, cancellationToken));
            return TypedResults.LocalRedirect(QueryText.Url(page, ("state", state), ("replayed", replayed), ("remaining", remaining)));
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            return TypedResults.LocalRedirect(QueryText.Url(page, ("state", state), ("failed", exception.Message)));
        }

        static (int Replayed, int Remaining) Counts<T>(Replay<T> replay) => (replay.Replayed, replay.Remaining);
    }
}
