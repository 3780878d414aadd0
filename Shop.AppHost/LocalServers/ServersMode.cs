namespace Shop.AppHost.LocalServers;

/// <summary>Where PostgreSQL, RabbitMQ and Redis run: <c>Servers:Mode</c>.</summary>
internal enum ServersMode
{
    /// <summary>In containers when an engine answers, else as processes.</summary>
    Auto,

    /// <summary>As processes of the orchestrator: the programs that are installed on this machine.</summary>
    Process,

    /// <summary>In containers.</summary>
    Container,
}
