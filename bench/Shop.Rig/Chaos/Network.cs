using System.Collections.Concurrent;
using System.Net;
using Aspire.Hosting.ApplicationModel;
using Npgsql;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos;

/// <summary>A proxy between every service and every server it uses.</summary>
internal sealed class Network : IAsyncDisposable
{
    private const string ConnectionStrings = "ConnectionStrings__";
    private readonly ConcurrentDictionary<(string Service, string Server), TcpProxy> _proxies = [];

    /// <summary>The service's own way to a server; null before the service has started.</summary>
    public TcpProxy? Find(string service, string server) => _proxies.GetValueOrDefault((service, server));

    /// <summary>Leads the connection strings of a service through proxies.</summary>
    public void AddTo(ProjectResource service) => service.Annotations.Add(new EnvironmentCallbackAnnotation(async context =>
    {
        foreach (var name in context.EnvironmentVariables.Keys.Where(name => name.StartsWith(ConnectionStrings, StringComparison.Ordinal)).ToList())
        {
            if (await TextOfAsync(context.EnvironmentVariables[name], context.CancellationToken) is { } value)
                context.EnvironmentVariables[name] = Redirect(service.Name, name[ConnectionStrings.Length..], value);
        }
    }));

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Values)
            await proxy.DisposeAsync();
    }

    private static async ValueTask<string?> TextOfAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        _ => null,
    };

    private string Redirect(string service, string connection, string value)
    {
        switch (connection)
        {
            case Names.RabbitMQ:
                var broker = new UriBuilder(value);
                broker.Port = PortFor(service, Names.RabbitMQ, broker.Port);
                return broker.Uri.ToString().TrimEnd('/');
            case Names.Redis:
                var parts = value.Split(',');
                var port = int.Parse(parts[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
                return string.Join(',', [$"{IPAddress.Loopback}:{PortFor(service, Names.Redis, port)}", .. parts[1..]]);
            default:
                var database = new NpgsqlConnectionStringBuilder(value);
                database.Port = PortFor(service, Names.Postgres, database.Port);
                return database.ConnectionString;
        }
    }

    private int PortFor(string service, string server, int port) =>
        _proxies.GetOrAdd((service, server), _ => TcpProxy.Start(new IPEndPoint(IPAddress.Loopback, port))).Port;
}
