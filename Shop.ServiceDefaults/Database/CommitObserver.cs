using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shop.ServiceDefaults.Database;

/// <summary>
/// Sees what a context saves, once that has committed: a save that fails, or is rolled back with its transaction, is never
/// seen. A crash right after the commit loses it, so this is for metrics and logs and for nothing that has to add up.
/// </summary>
/// <remarks>A save that a savepoint undoes is seen when the transaction commits all the same.</remarks>
/// <param name="logger">The observer's, which also hears of its faults.</param>
public abstract partial class CommitObserver(ILogger logger) : SaveChangesInterceptor
{
    // Weak keys: what a failed save leaves goes with the next save of its context, or with the context.
    private readonly ConditionalWeakTable<DbContext, Action> _saving = [];

    /// <summary>The observer's logger.</summary>
    protected ILogger Logger => logger;

    /// <summary>Looks at what is about to be saved.</summary>
    /// <param name="changes">The entities of the context; they may belong to nothing any more when the action runs.</param>
    /// <returns>
    /// What to do after the commit, in the activity of the save; when it throws, that is logged. Nothing when the save is of
    /// no interest.
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
        var activity = Activity.Current; // Messages that share a transaction commit together.
        if (db.Database.CurrentTransaction is null)
        {
            Run(action, activity);
            return result;
        }

        db.AfterCommit(() =>
        {
            Run(action, activity);
            return Task.CompletedTask;
        });
        return result;
    }

    /// <inheritdoc />
    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavedChanges(eventData, result));

    private void Run(Action action, Activity? activity)
    {
        var current = Activity.Current;
        Activity.Current = activity;
        try
        {
            action();
        }
        catch (Exception exception) // The commit stands, and must not look like an error.
        {
            Failed(logger, exception);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Something that has committed could not be counted or logged")]
    private static partial void Failed(ILogger logger, Exception exception);
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
