using System.Globalization;
using Shop.ServiceDefaults.Http;

namespace Shop.Notifications.Templates;

/// <summary>All messages that the shop sends, in all its languages.</summary>
internal sealed class MessageTemplates
{
    /// <summary>An order was paid.</summary>
    public const string PaymentProcessed = "payment_processed";

    /// <summary>An order could not be paid.</summary>
    public const string PaymentFailed = "payment_failed";

    /// <summary>Money of an order was given back.</summary>
    public const string PaymentRefunded = "payment_refunded";

    private const string Folder = "Texts/";
    private const int OrderNumberLength = 8;
    private static readonly Language[] Languages = [Language.Russian, Language.English];

    private readonly Dictionary<(string Name, Language Language), MessageTemplate> _templates = [];

    /// <summary>Reads the texts.</summary>
    /// <exception cref="InvalidOperationException">A template is missing in a language.</exception>
    public MessageTemplates()
    {
        var assembly = typeof(MessageTemplates).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            if (resource[Folder.Length..].Split('.') is not [var name, var code, "txt"] || Language.Find(code) is not { } language)
                throw new InvalidOperationException($"{resource} is not named <template>.<language>.txt.");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            _templates.Add((name, language), MessageTemplate.Parse(language.Code, reader.ReadToEnd()));
        }

        foreach (var name in Names.Union([PaymentProcessed, PaymentFailed, PaymentRefunded]))
        {
            foreach (var language in Languages.Where(language => !_templates.ContainsKey((name, language))))
                throw new InvalidOperationException($"Template {name} has no text in {language.Code}.");
        }
    }

    /// <summary>The names of the templates.</summary>
    public IEnumerable<string> Names => _templates.Keys.Select(key => key.Name).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Whether there is such a template.</summary>
    public bool Has(string name) => _templates.ContainsKey((name, Language.Russian));

    /// <summary>Whether an order is told of it once, which the database's index <c>notifications_once</c> sees to. Refunds may come in parts.</summary>
    public static bool IsToldOnce(string name) => name != PaymentRefunded;

    /// <summary>Fills a template in.</summary>
    /// <param name="name">A template that there is.</param>
    /// <param name="language">The reader's language.</param>
    /// <param name="data">The values, and what the others are made of.</param>
    /// <returns>Null when the subject needs a value that is not given.</returns>
    public RenderedMessage? Render(string name, Language language, MessageData data) =>
        _templates[(name, language)].Render(Values(language, data));

    private static Dictionary<string, string> Values(Language language, MessageData data)
    {
        var values = new Dictionary<string, string>(data.Values)
        {
            ["greeting"] = string.IsNullOrWhiteSpace(data.Name)
                ? language.Choose("Здравствуйте!", "Hello!")
                : language.Choose($"Здравствуйте, {data.Name}!", $"Hello, {data.Name}!"),
        };
        if (data.OrderId is { } orderId)
        {
            values["order_id"] = orderId.ToString();
            // The end of a UUIDv7 is random, its beginning is the time.
            values["order_number"] = "№ " + orderId.ToString("N")[^OrderNumberLength..].ToUpperInvariant();
            if (language == Language.English)
                values["order_number"] = "#" + values["order_number"][2..];
        }
        if (values.GetValueOrDefault("amount") is { } amount
            && decimal.TryParse(amount, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
            values["amount"] = MoneyText.Of(number, values.GetValueOrDefault("currency") ?? "RUB", language);
        if (values.GetValueOrDefault("reason") is { } reason)
            values["reason"] = ReasonText.Of(reason, language);
        if (data.Items.Count > 0)
            values["items"] = string.Join('\n', data.Items.Select(item => $"{item.Name} × {item.Quantity.ToString(CultureInfo.InvariantCulture)}"));
        return values;
    }
}

/// <summary>What a message is about.</summary>
/// <param name="OrderId">The order, if it is about one.</param>
/// <param name="Name">How the reader wants to be called.</param>
/// <param name="Items">The order's lines.</param>
/// <param name="Values">Values of the template's own.</param>
internal sealed record MessageData(Guid? OrderId, string? Name, IReadOnlyList<MessageItem> Items, IReadOnlyDictionary<string, string> Values);

/// <summary>A line of an order.</summary>
/// <param name="Name">The product's name when it was ordered.</param>
/// <param name="Quantity">Pieces.</param>
internal sealed record MessageItem(string Name, int Quantity);
