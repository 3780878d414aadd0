using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Shop.AppHost;

/// <summary>Ports of the loopback addresses that nobody listens on.</summary>
internal static class FreePorts
{
    // Below the range from which the system takes the ports of outgoing connections.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Attempts = 200;

    // The addresses of the dashboard, which is not part of the model yet when ports are chosen.
    private static readonly string[] DashboardAddresses = ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"];

    private static readonly HashSet<int> Given = [];

    /// <summary>
    /// Lets a service that has one replica listen on its port itself, without the orchestrator's proxy in between; and takes, for a
    /// declared port that somebody else has, a free one, and says so.
    /// </summary>
    public static void UseFreePorts(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;

        var replaced = new List<string>();
        foreach (var address in DashboardAddresses)
        {
            if (Uri.TryCreate(builder.Configuration[address], UriKind.Absolute, out var url) && url.Port != 0 && !IsFree(url.Port))
                builder.Configuration[address] = new UriBuilder(url) { Port = Replace("the dashboard", url.Port) }.Uri.ToString();
        }

        var randomize = builder.Configuration.GetValue("DcpPublisher:RandomizePorts", defaultValue: false);
        builder.Eventing.Subscribe<BeforeStartEvent>((starting, _) =>
        {
            foreach (var resource in starting.Model.Resources)
                ChoosePorts(resource);

            var logger = starting.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FreePorts));
            foreach (var line in replaced)
                logger.LogWarning("{Replaced}", line);
            return Task.CompletedTask;
        });

        void ChoosePorts(IResource resource)
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                if (resource is ProjectResource && resource.GetReplicaCount() == 1)
                    endpoint.IsProxied = false;
                if (endpoint.IsProxied && randomize)
                    continue; // The orchestrator's choice.

                if (randomize || (endpoint.Port is null && !endpoint.IsProxied))
                    endpoint.Port = Find();
                else if (endpoint.Port is { } declared && !IsFree(declared))
                    endpoint.Port = Replace(resource.Name, declared);
                if (!endpoint.IsProxied)
                    endpoint.TargetPort = endpoint.Port;
            }
        }

        int Replace(string name, int declared)
        {
            var port = Find();
            replaced.Add($"Port {declared} of {name} is taken; it has {port} instead");
            return port;
        }
    }

    /// <summary>Finds a port that is free and that this process has not given out before.</summary>
    /// <exception cref="DistributedApplicationException">There is none.</exception>
    public static int Find()
    {
        lock (Given)
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var port = Random.Shared.Next(First, Last);
                if (IsFree(port) && Given.Add(port))
                    return port;
            }
        }

        throw new DistributedApplicationException($"No free port was found between {First} and {Last}.");
    }

    private static bool IsFree(int port) => CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

    private static bool CanBind(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException exception)
        {
            // A machine may support IPv6 and have no IPv6 loopback.
            return exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
