using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Shop.ServiceDefaults.Database;

/// <summary>What is to happen in this process once a transaction has committed, and not when it rolls back.</summary>
public static class AfterCommitExtensions
{
    /// <summary>
    /// Runs the action right after the open transaction commits. A crash in between loses it, so it may only hurry
    /// something up (drop a cache entry that expires anyway, wake a worker that polls anyway), or count and log what has
    /// committed, as a <see cref="CommitObserver"/> does.
    /// </summary>
    /// <param name="db">A context of <see cref="ServiceDatabaseExtensions.AddServiceDatabase{TContext}"/>.</param>
    /// <param name="action">What to do; it must not throw, for the commit stands.</param>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public static void AfterCommit(this DbContext db, Func<Task> action)
    {
        if (db.Database.CurrentTransaction is not { } transaction)
            throw new InvalidOperationException("AfterCommit needs an open transaction.");
        AfterCommitInterceptor.Add(db, transaction.TransactionId, action);
    }
}

internal sealed class AfterCommitInterceptor : DbTransactionInterceptor
{
    public static AfterCommitInterceptor Instance { get; } = new();

    // Weak keys, and each action knows its transaction: what rolled back is simply forgotten, also when the context is pooled.
    private static readonly ConditionalWeakTable<DbContext, Pending> Actions = [];

    public static void Add(DbContext db, Guid transactionId, Func<Task> action)
    {
        if (!Actions.TryGetValue(db, out var pending) || pending.TransactionId != transactionId)
            Actions.AddOrUpdate(db, pending = new Pending(transactionId, []));
        pending.Actions.Add(action);
    }

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        RunAsync(eventData).GetAwaiter().GetResult();

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => RunAsync(eventData);

    private static async Task RunAsync(TransactionEndEventData eventData)
    {
        if (eventData.Context is not { } db || !Actions.TryGetValue(db, out var pending))
            return;

        Actions.Remove(db);
        if (pending.TransactionId != eventData.TransactionId)
            return;
        foreach (var action in pending.Actions)
            await action();
    }

    private sealed record Pending(Guid TransactionId, List<Func<Task>> Actions);
}
