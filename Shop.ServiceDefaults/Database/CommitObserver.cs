using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Shop.ServiceDefaults.Database;

/// <summary>
/// Sees what a context saves, once that has committed: a save that fails, or is rolled back with its transaction, is never
/// seen. A crash right after the commit loses it, so this is for metrics and logs and for nothing that has to add up.
/// </summary>
public abstract class CommitObserver : SaveChangesInterceptor
{
    // Weak keys: a context whose save never ends is simply forgotten.
    private readonly ConditionalWeakTable<DbContext, Action> _saving = [];

    /// <summary>Looks at what is about to be saved.</summary>
    /// <param name="changes">The entities of the context; they may belong to nothing any more when the action runs.</param>
    /// <returns>
    /// What to do after the commit, in the activity of the save; it must not throw. Nothing when the save is of no interest.
    /// </returns>
    protected abstract Action? Observe(ChangeTracker changes);

    /// <inheritdoc />
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        var db = eventData.Context!;
        if (Observe(db.ChangeTracker) is { } action)
            _saving.AddOrUpdate(db, action);
        else
            _saving.Remove(db);
        return result;
    }

    /// <inheritdoc />
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));

    /// <inheritdoc />
    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        var db = eventData.Context!;
        if (!_saving.TryGetValue(db, out var action))
            return result;

        _saving.Remove(db);
        if (db.Database.CurrentTransaction is null)
        {
            action();
            return result;
        }

        var activity = Activity.Current; // Messages that share a transaction commit together.
        db.AfterCommit(() =>
        {
            Activity.Current = activity;
            action();
            return Task.CompletedTask;
        });
        return result;
    }

    /// <inheritdoc />
    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavedChanges(eventData, result));
}

/// <summary>Adds observers.</summary>
public static class CommitObserverExtensions
{
    /// <summary>Has an observer, one for the whole process, see what the contexts of <see cref="ServiceDatabaseExtensions.AddServiceDatabase{TContext}"/> commit.</summary>
    public static void AddCommitObserver<TContext, TObserver>(this IHostApplicationBuilder builder)
        where TContext : DbContext where TObserver : CommitObserver
    {
        builder.Services.AddSingleton<TObserver>();
        builder.Services.ConfigureDbContext<TContext>((services, options) => options.AddInterceptors(services.GetRequiredService<TObserver>()));
    }
}
