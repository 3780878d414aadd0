namespace Shop.Rig.Chaos.Faults;

/// <summary>SIGKILL of one replica of a service, which is started again after a pause.</summary>
internal sealed record KillReplica(string Service, int Replica, TimeSpan Pause) : Fault
{
    public static Fault Drawn(Draw draw) => new KillReplica(draw.OneOf(Names.Services), draw.Below(2), draw.Seconds(0, 6));

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        Processes.KillAsync(attack, attack.Copy(Service, Replica), Pause, healing);
}

/// <summary>SIGKILL of both replicas of a service at once.</summary>
internal sealed record KillService(string Service, TimeSpan Pause) : Fault
{
    public static Fault Drawn(Draw draw) => new KillService(draw.OneOf(Names.Services), draw.Seconds(0, 4));

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        var killed = await Task.WhenAll(attack.Fleet.CopiesOf(Service).Select(copy => Processes.KillAsync(attack, copy, Pause, healing)));
        return killed.Contains(true);
    }
}

/// <summary>SIGKILL of Postgres, RabbitMQ or Redis.</summary>
internal sealed record KillServer(string Server, TimeSpan Pause) : Fault
{
    public static Func<Draw, Fault> Drawn(string server) => draw => new KillServer(server, draw.Seconds(0, 5));

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        Processes.KillAsync(attack, attack.Copy(Server, 0), Pause, healing);
}

/// <summary>SIGSTOP of one replica, sometimes past its lease, and SIGCONT.</summary>
internal sealed record FreezeReplica(string Service, int Replica, TimeSpan Duration) : Fault
{
    public static Fault Drawn(Draw draw) => new FreezeReplica(draw.OneOf(Names.Services), draw.Below(2), draw.Seconds(0.2, 10));

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        attack.Fleet.FreezeAsync(attack.Copy(Service, Replica), Duration, healing);
}

/// <summary>SIGSTOP of a server with all its processes, and SIGCONT.</summary>
internal sealed record FreezeServer(string Server, TimeSpan Duration) : Fault
{
    public static Fault Drawn(Draw draw) => new FreezeServer(draw.OneOf(Names.Servers), draw.Seconds(0.2, 7));

    public override Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        attack.Fleet.FreezeAsync(attack.Copy(Server, 0), Duration, healing);
}

/// <summary>Every service is restarted under load as an operator does it: replica after replica, each when the one before is healthy.</summary>
internal sealed record RollingRestart(string Services) : Fault
{
    public static Fault DrawnOfOne(Draw draw) => new RollingRestart(draw.OneOf(Names.Services));

    public static Fault DrawnOfAll(Draw draw)
    {
        var services = Names.Services.ToArray();
        draw.Shuffle(services);
        return new RollingRestart(string.Join(',', services));
    }

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        var restarted = false;
        foreach (var copy in Services.Split(',').SelectMany(attack.Fleet.CopiesOf))
        {
            if (healing.IsCancellationRequested)
                break;
            restarted |= await attack.Fleet.RestartAsync(copy, CancellationToken.None);
        }

        return restarted;
    }
}

internal static class Processes
{
    /// <summary>Kills a copy and starts it again after a pause.</summary>
    /// <returns>Whether it ran.</returns>
    public static async Task<bool> KillAsync(Attack attack, string copy, TimeSpan pause, CancellationToken healing)
    {
        if (attack.Fleet.Kill(copy) is not { } process)
            return false;
        await RestartAsync(attack, copy, process, pause, healing);
        return true;
    }

    /// <summary>Starts a copy that was killed again after a pause.</summary>
    public static async Task RestartAsync(Attack attack, string copy, int process, TimeSpan pause, CancellationToken healing)
    {
        attack.Tally.Add("processes killed");
        await attack.Fleet.UntilEndedAsync(copy, process);
        await Waits.ForAsync(pause, healing);
        await attack.Fleet.StartAsync(copy, CancellationToken.None);
    }
}
