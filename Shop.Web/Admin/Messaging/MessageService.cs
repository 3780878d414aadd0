namespace Shop.Web.Admin.Messaging;

/// <summary>The services that have messages: their names are also their addresses, so no other name is ever asked.</summary>
internal static class MessageService
{
    /// <summary>Those that consume a queue.</summary>
    public static IReadOnlyList<string> Consumers { get; } = ["catalog", "notifications", "orders", "payments"];

    /// <summary>All; each has an outbox.</summary>
    public static IReadOnlyList<string> All { get; } = ["auth", .. Consumers];

    /// <summary>Those that can have messages of a kind.</summary>
    public static IReadOnlyList<string>? Having(string? kind) => kind switch
    {
        OperatorClient.DeadLetters => Consumers,
        OperatorClient.Outbox => All,
        _ => null,
    };

    /// <summary>The one that was chosen, or all when none was; null when there is no such service.</summary>
    public static IReadOnlyList<string>? Choose(string? chosen, IReadOnlyList<string> services) =>
        string.IsNullOrEmpty(chosen) ? services : services.Contains(chosen) ? [chosen] : null;
}
