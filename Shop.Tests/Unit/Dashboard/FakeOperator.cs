using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>Auth, a service with operator endpoints and RabbitMQ's management API in one, as the dashboard sees them.</summary>
internal sealed class FakeOperator : IAsyncDisposable
{
    public const string Letter = "01980000-0000-7000-8000-000000000001";
    public const string Parked = "01980000-0000-7000-8000-000000000002";
    private const string Token = "token-of-the-operator";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly WebApplication _app;

    private FakeOperator(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>What was asked to be replayed: the path and the body.</summary>
    public ConcurrentQueue<string> Replays { get; } = new();

    /// <summary>The trace contexts of all looks.</summary>
    public ConcurrentQueue<string> TraceParents { get; } = new();

    public int Tokens { get; private set; }

    public bool IsBroken { get; set; }

    /// <summary>The settings of a dashboard that is to ask it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Dashboard:Messages:Broker:Url", Url.ToString()),
        ("Dashboard:Messages:Broker:Password", "secret of the broker"),
        ("Dashboard:Messages:Token:Url", new Uri(Url, "/auth/token").ToString()),
        ("Dashboard:Messages:Token:ClientId", "dashboard"),
        ("Dashboard:Messages:Token:ClientSecret", "secret of the client"),
        ("Dashboard:Messages:Services:payments", Url.ToString()),
    ];

    public static async Task<FakeOperator> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var fake = new FakeOperator(app);
        app.MapPost("/auth/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            if (form["grant_type"] != "client_credentials" || form["client_id"] != "dashboard" || form["client_secret"] != "secret of the client")
                return Results.Unauthorized();
            fake.Tokens++;
            return Results.Json(new { access_token = Token, token_type = "bearer", expires_in = 900 });
        });
        app.MapGet("/api/queues", (HttpRequest request) => request.Headers.Authorization.ToString() == $"Basic {Convert.ToBase64String("guest:secret of the broker"u8)}"
            ? Results.Json(new { items = Queues() })
            : Results.Unauthorized());

        var messaging = app.MapGroup("/messaging").AddEndpointFilter(async (context, next) =>
        {
            var request = context.HttpContext.Request;
            if (request.Headers.Authorization != $"Bearer {Token}")
                return Results.Unauthorized();
            if (fake.IsBroken)
                return Results.Problem("The message broker does not <answer>.", statusCode: 503);
            if (request.Headers.TraceParent is [{ } parent])
                fake.TraceParents.Enqueue(parent);
            return await next(context);
        });
        messaging.MapGet("/outbox", (string? state, HttpResponse response) =>
        {
            response.Headers["X-Total-Count"] = state == "parked" ? "1" : "0";
            return Results.Json(state == "parked" ? new[] { Row() } : [], Json);
        });
        messaging.MapGet("/outbox/{id}", (Guid id) => id == Guid.Parse(Parked)
            ? Results.Json(new { message = Row(), headers = new { traceparent = "00-a-b-01" }, body = new { order_id = "42" }, timeline = Timeline() }, Json)
            : Results.NotFound());
        messaging.MapGet("/dead-letters", () => Results.Json(
            new { queue = "payment_queue", count = 1, unseen = 0, groups = new[] { new { type = "order.created", error_type = "Shop.Poison", error = "Shop.Poison: <no> JSON", count = 1 } } }, Json));
        messaging.MapGet("/dead-letters/messages", () => Results.Json(new[] { Summary() }, Json));
        messaging.MapGet("/dead-letters/{id}", (Guid id) => id == Guid.Parse(Letter)
            ? Results.Json(
                new { message_id = Letter, type = "order.created", error_type = "Shop.Poison", error = "Shop.Poison: <no> JSON\n   at Handler", attempts = 4, headers = new { traceparent = "00-0000000000000000000000000000002a-000000000000002b-01" }, body = "{ <no> JSON", timeline = Timeline() }, Json)
            : Results.NotFound());
        foreach (var kind in new[] { "outbox", "dead-letters" })
        {
            messaging.MapPost($"/{kind}/replay", async (HttpRequest request) =>
            {
                using var body = await JsonDocument.ParseAsync(request.Body);
                fake.Replays.Enqueue($"{kind} {JsonSerializer.Serialize(body)}");
                var dryRun = body.RootElement.GetProperty("dry_run").GetBoolean();
                return Results.Json(new { dry_run = dryRun, matched = 1, replayed = dryRun ? 0 : 1, remaining = 0, messages = new[] { kind == "outbox" ? Row() : Summary() }, unseen = 0 }, Json);
            });
        }

        await app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static object Row() => new { id = Parked, type = "order.created", key = "42", state = "parked", attempts = 20, last_error = "NO_ROUTE", added_at = DateTimeOffset.UnixEpoch, parked_at = DateTimeOffset.UnixEpoch };

    private static object Summary() => new { message_id = Letter, type = "order.created", key = "42", error_type = "Shop.Poison", error = "Shop.Poison: <no> JSON", attempts = 4, body = "{ <no> JSON" };

    private static object[] Timeline() => [new { at = DateTimeOffset.UnixEpoch, what = "added" }];

    private static object[] Queues() =>
    [
        Queue("payment_queue", 7, new() { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "payment_queue.dead" }),
        Queue("payment_queue.retry.1000", 2, new() { ["x-message-ttl"] = 1000, ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "payment_queue" }),
        Queue("payment_queue.dead", 1, []),
        new { name = "just_declared" },
    ];

    private static object Queue(string name, int depth, Dictionary<string, object> arguments) => new
    {
        name, state = "running", type = "quorum", messages_ready = depth, messages_unacknowledged = 0, consumers = 1, arguments,
        message_stats = new { publish_details = new { rate = 12.5 }, deliver_get_details = new { rate = 11.0 } },
    };
}
