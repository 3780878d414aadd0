namespace Aspire.Dashboard.Messages;

/// <summary>Whose messages are shown (<c>Dashboard:Messages</c>); with nothing set there is no such page.</summary>
internal sealed class MessagesOptions
{
    public const string Section = "Dashboard:Messages";

    /// <summary>RabbitMQ's management API.</summary>
    public BrokerOptions Broker { get; } = new();

    /// <summary>Where a token for the services' operator endpoints is to be had.</summary>
    public TokenOptions Token { get; } = new();

    /// <summary>The services that have operator endpoints (<c>/messaging</c>), with their addresses.</summary>
    public Dictionary<string, Uri> Services { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool IsOn => Broker.Url is not null || Services.Count > 0;

    internal sealed class BrokerOptions
    {
        public Uri? Url { get; set; }

        public string UserName { get; set; } = "guest";

        public string Password { get; set; } = "";
    }

    /// <summary>Client credentials, as OAuth 2.0 has them.</summary>
    internal sealed class TokenOptions
    {
        public Uri? Url { get; set; }

        public string ClientId { get; set; } = "";

        public string ClientSecret { get; set; } = "";
    }
}
