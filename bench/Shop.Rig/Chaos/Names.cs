namespace Shop.Rig.Chaos;

/// <summary>The resources of the AppHost that the rig breaks.</summary>
internal static class Names
{
    public const string Postgres = "postgres";
    public const string RabbitMQ = "rabbitmq";
    public const string Redis = "redis";
    public const string Auth = "auth";
    public const string Catalog = "catalog";
    public const string Orders = "orders";
    public const string Payments = "payments";
    public const string Notifications = "notifications";

    /// <summary>The services with an outbox.</summary>
    public static IReadOnlyList<string> Services { get; } = [Auth, Catalog, Orders, Payments, Notifications];

    /// <summary>The services with a queue.</summary>
    public static IReadOnlyList<string> Consumers { get; } = [Catalog, Orders, Payments, Notifications];

    public static IReadOnlyList<string> Servers { get; } = [Postgres, RabbitMQ, Redis];

    /// <summary>The name of a service's database, which is also that of its connection string and its login.</summary>
    public static string DatabaseOf(string service) => $"{service}db";

    /// <summary>Whether the service has a connection to the server.</summary>
    public static bool Uses(string service, string server) => server != Redis || service == Catalog;
}
