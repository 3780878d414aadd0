using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shop.Auth.Data;
using Shop.Messaging;
using Shop.Messaging.Contracts;

namespace Shop.Auth.Accounts;

/// <summary>Creates accounts and checks passwords.</summary>
internal sealed class AccountService(AuthDbContext db, IPasswordHasher<User> hasher, IOutbox outbox, TimeProvider time)
{
    public const int MaxFailedAttempts = 10;
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(5);

    /// <summary>What an unknown address is checked against, so that it takes the time of a known one.</summary>
    private static string? s_decoyHash;

    public Task<bool> ExistsAsync(string email, CancellationToken cancellationToken) =>
        db.Users.AnyAsync(user => user.Email == email, cancellationToken);

    /// <summary>Adds an account; the caller saves with <see cref="TrySaveNewAsync"/>.</summary>
    /// <param name="email">A normalized address.</param>
    /// <param name="password">A password that the rules accept.</param>
    /// <param name="name">How the user wants to be called.</param>
    /// <param name="role">The account's role.</param>
    /// <param name="language">The language to write to the user in.</param>
    public User Add(string email, string password, string? name, string role, string language)
    {
        var user = new User { Email = email, Name = name, CreatedAt = time.GetUtcNow() };
        user.PasswordHash = hasher.HashPassword(user, password);
        user.Roles.Add(new UserRole { UserId = user.Id, Role = role });
        db.Users.Add(user);
        outbox.Add(new UserRegistered(user.Id, user.Email, user.Name, language));
        return user;
    }

    /// <returns>False when somebody took the address in the meantime; nothing is saved then.</returns>
    public async Task<bool> TrySaveNewAsync(CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException
        {
            SqlState: PostgresErrorCodes.UniqueViolation, TableName: "users",
        })
        {
            db.ChangeTracker.Clear();
            return false;
        }
    }

    /// <summary>
    /// Finds the user by address and password. An unknown address, a wrong password and a locked account
    /// look and last the same, so that nobody learns who has an account.
    /// </summary>
    public async Task<User?> SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        EmailAddress.TryNormalize(email, out var address);
        var user = await db.Users.SingleOrDefaultAsync(user => user.Email == address, cancellationToken);
        var verdict = hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? DecoyHash(), password);

        var now = time.GetUtcNow();
        if (user is null || verdict == PasswordVerificationResult.Failed || user.LockedUntil > now)
        {
            await CountFailureAsync(address, now, cancellationToken);
            return null;
        }

        await ForgiveAsync(user, verdict, password, cancellationToken);
        return user;
    }

    /// <remarks>Runs for an unknown address too, for the same duration. A lock is not prolonged by attempts during it.</remarks>
    private Task<int> CountFailureAsync(string? address, DateTimeOffset now, CancellationToken cancellationToken) => db.Users
        .Where(user => user.Email == address && (user.LockedUntil == null || user.LockedUntil <= now))
        .ExecuteUpdateAsync(update => update
            .SetProperty(user => user.LockedUntil, user => user.FailedAttempts + 1 >= MaxFailedAttempts ? now + LockTime : null)
            .SetProperty(user => user.FailedAttempts, user => user.FailedAttempts + 1 >= MaxFailedAttempts ? 0 : user.FailedAttempts + 1),
            cancellationToken);

    private async Task ForgiveAsync(User user, PasswordVerificationResult verdict, string password, CancellationToken cancellationToken)
    {
        if (user.FailedAttempts > 0 || user.LockedUntil is not null)
        {
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(update => update
                .SetProperty(u => u.FailedAttempts, 0)
                .SetProperty(u => u.LockedUntil, (DateTimeOffset?)null), cancellationToken);
        }

        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
            user.PasswordHash = hasher.HashPassword(user, password); // Saved with the session that is opened next.
    }

    private string DecoyHash() => s_decoyHash ??= hasher.HashPassword(null!, Guid.NewGuid().ToString());
}
