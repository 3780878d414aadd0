using Npgsql;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos.Faults;

/// <summary>SIGKILL of one of Postgres' processes, upon which Postgres throws out everybody and recovers.</summary>
internal sealed record KillBackend(string Service) : Fault
{
    public static Fault Drawn(Draw draw) => new KillBackend(draw.OneOf(Names.Services));

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing) =>
        await Backends.FindAsync(attack, Service, healing) is { } process && Signals.Send(process, Signals.Kill);
}

/// <summary>SIGSTOP of one of Postgres' processes, with whatever locks it holds.</summary>
internal sealed record FreezeBackend(string Service, TimeSpan Duration) : Fault
{
    public static Fault Drawn(Draw draw) => new FreezeBackend(draw.OneOf(Names.Services), draw.Seconds(0.5, 9));

    public override async Task<bool> InjectAsync(Attack attack, CancellationToken healing)
    {
        if (await Backends.FindAsync(attack, Service, healing) is not { } process || !Signals.Send(process, Signals.Stop))
            return false;
        await Waits.ForAsync(Duration, healing);
        Signals.Send(process, Signals.Continue);
        return true;
    }
}

internal static class Backends
{
    private const int MaxAttempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The process of a connection of the service, if Postgres is there soon; one that is in a transaction if there is one.</summary>
    public static async Task<int?> FindAsync(Attack attack, string service, CancellationToken healing)
    {
        for (var attempt = 0; attempt < MaxAttempts && !healing.IsCancellationRequested; attempt++)
        {
            if (await TryFindAsync(attack, service, healing) is { } process)
                return process;
            await Waits.ForAsync(Pause, healing);
        }

        return null;
    }

    private static async Task<int?> TryFindAsync(Attack attack, string service, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await attack.Shop.Shop.OpenDatabaseAsync(Names.DatabaseOf(service), cancellationToken);
            await using var command = new NpgsqlCommand("""
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                ORDER BY xact_start NULLS LAST LIMIT 1
                """, connection);
            return await command.ExecuteScalarAsync(cancellationToken) as int?;
        }
        catch (NpgsqlException)
        {
            return null; // Postgres is away: another fault was first.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
