using Microsoft.EntityFrameworkCore;

namespace Shop.ServiceDefaults.Database;

/// <summary>Transactions that join the one that is open.</summary>
public static class TransactionExtensions
{
    /// <summary>Runs the work in the open transaction, or else in one of its own that commits when the work ends.</summary>
    public static async Task<T> InTransactionAsync<T>(this DbContext db, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is not null)
            return await work();

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await work();
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
