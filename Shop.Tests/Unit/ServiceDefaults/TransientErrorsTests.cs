using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shop.ServiceDefaults.Database;

namespace Shop.Tests.Unit.ServiceDefaults;

/// <summary>An outage of the database is told from a fault of the request.</summary>
public sealed class TransientErrorsTests
{
    public static TheoryData<Exception, bool> Cases => new()
    {
        { new NpgsqlException("Failed to connect", new IOException()), true },
        { new NpgsqlException("Received unknown response E for SSLRequest (expecting S or N)"), true },
        { new DbUpdateException("An error occurred while saving", new NpgsqlException("Exception while reading from stream")), true },
        { new ObjectDisposedException("System.Threading.ManualResetEventSlim"), true },
        { Server(PostgresErrorCodes.CannotConnectNow), true },
        { Server(PostgresErrorCodes.AdminShutdown), true },
        { Server(PostgresErrorCodes.DeadlockDetected), true },
        { new InvalidOperationException("likely due to a transient failure", Server(PostgresErrorCodes.CrashShutdown)), true },
        { Server(PostgresErrorCodes.UniqueViolation), false },
        { new DbUpdateException("An error occurred while saving", Server(PostgresErrorCodes.NotNullViolation)), false },
        { new ObjectDisposedException("OrdersDbContext"), false },
        { new InvalidOperationException(), false },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void What_may_succeed_when_it_is_done_again_is_transient(Exception exception, bool isTransient) =>
        Assert.Equal(isTransient, TransientErrors.IsTransient(exception));

    private static PostgresException Server(string state) => new("message", "FATAL", "FATAL", state);
}
