using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Shop.ServiceDefaults.Database;

/// <summary>Has a save inside a transaction set no savepoint. There is no option for it but on each context.</summary>
internal sealed class NoSavepoints : SaveChangesInterceptor
{
    public static NoSavepoints Instance { get; } = new();

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        eventData.Context!.Database.AutoSavepointsEnabled = false;
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));
}
