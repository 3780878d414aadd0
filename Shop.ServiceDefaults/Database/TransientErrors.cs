using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Shop.ServiceDefaults.Database;

/// <summary>Tells failures of the moment from failures of the request.</summary>
public static class TransientErrors
{
    /// <summary>What Npgsql complains of when a connection breaks in the moment in which a command begins: a part of the connection that is gone.</summary>
    private const string BrokenConnection = "System.Threading.ManualResetEventSlim";

    /// <summary>
    /// Whether the same work may succeed when it is done again: the database is away or restarting, or the work met a
    /// <see cref="IsConflict"/>.
    /// </summary>
    public static bool IsTransient(Exception exception) => IsConflict(exception) || Chain(exception).Any(cause =>
        cause is PostgresException { IsTransient: true } or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown }
            or ObjectDisposedException { ObjectName: BrokenConnection }
            || IsAboutConnection(cause));

    /// <summary>
    /// Whether the work collided with other work: a deadlock, a serialization failure, a lock timeout, or a row that
    /// somebody else changed first.
    /// </summary>
    public static bool IsConflict(Exception exception) => Chain(exception).Any(cause =>
        cause is DbUpdateConcurrencyException or PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable
        });

    /// <remarks>
    /// No verdict of the server on a command: it did not get so far. Npgsql does not call all of it transient, such as what a
    /// server says that is restarted in the middle of a handshake.
    /// </remarks>
    private static bool IsAboutConnection(Exception cause) => cause is NpgsqlException and not (PostgresException or NpgsqlOperationInProgressException);

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
