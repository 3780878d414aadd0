namespace Aspire.RabbitMQ.Client;

/// <summary>Settings of <c>AddRabbitMQClient</c>, read from <c>Aspire:RabbitMQ:Client</c>.</summary>
public sealed class RabbitMQClientSettings
{
    /// <summary>The connection string, an AMQP URI. <c>ConnectionStrings:{name}</c> wins over this section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How often a refused first connection is tried again. The default is 5.</summary>
    public int MaxConnectRetryCount { get; set; } = 5;

    /// <summary>Whether the health check is left out. The default is <see langword="false"/>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether tracing is left out. The default is <see langword="false"/>.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>
    /// Whether the connection is opened when it is first resolved instead of while the host starts.
    /// The default is <see langword="false"/>.
    /// </summary>
    public bool DisableAutoActivation { get; set; }
}
