using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Shop.ServiceDefaults.Database;

/// <summary>Tells failures of the moment from failures of the request.</summary>
public static class TransientErrors
{
    /// <summary>
    /// Whether the same work may succeed when it is done again: the database is away or restarting, a deadlock or a
    /// serialization failure, a lock timeout, or a row that somebody else changed first.
    /// </summary>
    public static bool IsTransient(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbUpdateConcurrencyException or TimeoutException or NpgsqlException { IsTransient: true }
                or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown })
                return true;
        }

        return false;
    }
}
