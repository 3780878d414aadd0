using Shop.Rig.Setup;

namespace Shop.Rig.Chaos.Faults;

/// <summary>Something that happens to the network between a service, or all of them, and a server.</summary>
internal abstract record ConnectionFault(string Service, string Server) : Fault
{
    protected const string All = "all";

    protected IReadOnlyList<TcpProxy> Proxies(Attack attack) =>
        [.. Names.Services.Where(service => Service == All || service == Service).Select(service => attack.Shop.Network.Find(service, Server)).OfType<TcpProxy>()];

    /// <summary>A service, or all, and a server that it uses.</summary>
    protected static (string Service, string Server) DrawnTarget(Draw draw)
    {
        var server = draw.OneOf(Names.Servers);
        var services = Names.Services.Where(service => Names.Uses(service, server)).Append(All).ToList();
        return (draw.OneOf(services), server);
    }

    /// <summary>Does something to each proxy, and undoes it after a while.</summary>
    protected static async Task<bool> DuringAsync(
        IReadOnlyList<TcpProxy> proxies, Action<TcpProxy> begin, Action<TcpProxy> end, TimeSpan duration, CancellationToken healing)
    {
        foreach (var proxy in proxies)
            begin(proxy);
        await Waits.ForAsync(duration, healing);
        foreach (var proxy in proxies)
            end(proxy);
        return proxies.Count > 0;
    }
}

/// <summary>Every connection is reset, several times in a row.</summary>
internal sealed record CutConnections(string Service, string Server, int Times) : ConnectionFault(Service, Server)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    public static Fault Drawn(Draw draw)
    {
        var (service, server) = DrawnTarget(draw);
        return new CutConnections(service, server, draw.Between(1, 8));
    }

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        var cut = 0;
        for (var time = 0; time < Times && !healing.IsCancellationRequested; time++)
        {
            cut += Proxies(attack).Sum(proxy => proxy.Cut());
            await Waits.ForAsync(Pause, healing);
        }

        attack.Tally.Add("connections cut", cut);
        return cut > 0;
    }
}

/// <summary>Everything takes longer on its way.</summary>
internal sealed record DelayConnections(string Service, string Server, TimeSpan Delay, TimeSpan Duration) : ConnectionFault(Service, Server)
{
    public static Fault Drawn(Draw draw)
    {
        var (service, server) = DrawnTarget(draw);
        return new DelayConnections(service, server, draw.Seconds(0.01, 0.4), draw.Seconds(1, 8));
    }

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        DuringAsync(Proxies(attack), proxy => proxy.Delay(Delay), proxy => proxy.Delay(TimeSpan.Zero), Duration, healing);
}

/// <summary>Connections stay open and carry nothing, as when a machine has lost its power.</summary>
internal sealed record HalfOpenConnections(string Service, string Server, TimeSpan Duration) : ConnectionFault(Service, Server)
{
    public static Fault Drawn(Draw draw)
    {
        var (service, server) = DrawnTarget(draw);
        return new HalfOpenConnections(service, server, draw.Seconds(1, 12));
    }

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        DuringAsync(Proxies(attack), proxy => proxy.Swallow(true), proxy => proxy.Swallow(false), Duration, healing);
}

/// <summary>Every connection is reset, and no new one is taken for a while.</summary>
internal sealed record RefuseConnections(string Service, string Server, TimeSpan Duration) : ConnectionFault(Service, Server)
{
    public static Fault Drawn(Draw draw)
    {
        var (service, server) = DrawnTarget(draw);
        return new RefuseConnections(service, server, draw.Seconds(0.5, 8));
    }

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        DuringAsync(Proxies(attack), proxy => proxy.Refuse(true), proxy => proxy.Refuse(false), Duration, healing);
}
