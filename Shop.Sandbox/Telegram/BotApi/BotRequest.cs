using System.Globalization;
using System.Text.Json;

namespace Shop.Sandbox.Telegram.BotApi;

/// <summary>The parameters of a call, wherever they came from: query, form or JSON. Later ones win.</summary>
internal sealed class BotRequest
{
    private static readonly JsonSerializerOptions SnakeCase = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private BotRequest()
    {
    }

    public static async Task<BotRequest> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        var request = new BotRequest();
        foreach (var (name, value) in http.Query) request._values[name] = value.ToString();

        if (http.HasFormContentType)
        {
            foreach (var (name, value) in await http.ReadFormAsync(cancellationToken)) request._values[name] = value.ToString();
        }
        else if (http.HasJsonContentType())
        {
            await request.AddJsonAsync(http.Body, cancellationToken);
        }

        return request;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public long? Long(string name)
        => long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public int? Int(string name) => Long(name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    public bool Flag(string name) => Text(name) is { } text && (text == "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase));

    public long ChatId() => Long("chat_id") ?? throw BotApiException.BadRequest(Text("chat_id") is null ? "chat_id is empty" : "chat not found");

    public int MessageId() => Int("message_id") ?? throw BotApiException.BadRequest("message identifier is not specified");

    /// <summary>A parameter that is itself JSON; in a form or a query it is written as text.</summary>
    public T? Json<T>(string name, string what)
        where T : class
    {
        if (Text(name) is not { Length: > 0 } text) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(text, SnakeCase);
        }
        catch (JsonException)
        {
            throw BotApiException.BadRequest($"can't parse {what} JSON object");
        }
    }

    private async Task AddJsonAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw BotApiException.BadRequest("request body must be a JSON object");
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.Null) _values[property.Name] = property.Value.ToString();
            }
        }
        catch (JsonException)
        {
            throw BotApiException.BadRequest("can't parse request body as JSON");
        }
    }
}
