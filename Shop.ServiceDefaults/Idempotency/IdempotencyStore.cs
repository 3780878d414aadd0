using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Shop.ServiceDefaults.Security;

namespace Shop.ServiceDefaults.Idempotency;

/// <summary>A request's key.</summary>
/// <param name="Scope">Who called which endpoint.</param>
/// <param name="Key">The client's key.</param>
/// <param name="RequestHash">HMAC-SHA-256 of the body under the client's key.</param>
internal sealed record IdempotencyEntry(string Scope, string Key, byte[] RequestHash)
{
    public byte[] KeyHash { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(Key));
}

/// <summary>What the first request was answered.</summary>
internal sealed record StoredAnswer(int Status, string? ContentType, string? Location, byte[] Body);

/// <summary>The rows of <c>idempotency_keys</c>.</summary>
internal static class IdempotencyStore
{
    private const int ClaimSeconds = 120;

    /// <summary>Inserts the key in the open transaction; false when it is there. Waits for another transaction that inserted it.</summary>
    public static async Task<bool> TryInsertAsync(DbContext db, IdempotencyEntry entry, CancellationToken cancellationToken)
    {
        await using var command = Command(db, """
            INSERT INTO idempotency_keys (scope, key_hash, request_hash) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING
            """, entry.Scope, entry.KeyHash, entry.RequestHash);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Claims the key in a transaction of its own; false when it is answered, or another holds it.</summary>
    public static async Task<bool> TryClaimAsync(DbContext db, IdempotencyEntry entry, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(db, """
                INSERT INTO idempotency_keys (scope, key_hash, request_hash, locked_until)
                VALUES ($1, $2, $3, now() + make_interval(secs => $4))
                ON CONFLICT (scope, key_hash) DO UPDATE SET locked_until = excluded.locked_until
                WHERE idempotency_keys.status IS NULL AND idempotency_keys.locked_until < now()
                  AND idempotency_keys.request_hash = excluded.request_hash
                """, entry.Scope, entry.KeyHash, entry.RequestHash, (double)ClaimSeconds);
            return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Stores the answer.</summary>
    /// <exception cref="InvalidOperationException">The key is not there: the transaction that holds it has ended, and what it did with it.</exception>
    public static async Task CompleteAsync(DbContext db, IdempotencyEntry entry, StoredAnswer answer, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(db, """
                UPDATE idempotency_keys SET status = $3, content_type = $4, location = $5, body = $6, locked_until = NULL
                WHERE scope = $1 AND key_hash = $2
                """, entry.Scope, entry.KeyHash, answer.Status, (object?)answer.ContentType ?? DBNull.Value,
                (object?)answer.Location ?? DBNull.Value, SealedBox.Seal(BodyKey(entry), answer.Body));
            if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
                throw new InvalidOperationException("The request's Idempotency-Key is gone.");
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Gives a claim back, so that the request may be tried again at once.</summary>
    public static async Task ReleaseAsync(DbContext db, IdempotencyEntry entry, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(db, """
                UPDATE idempotency_keys SET locked_until = '-infinity' WHERE scope = $1 AND key_hash = $2 AND status IS NULL
                """, entry.Scope, entry.KeyHash);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>What is stored for the key; the answer is null while the first request is at work.</summary>
    public static async Task<(bool SameRequest, StoredAnswer? Answer)?> FindAsync(
        DbContext db, IdempotencyEntry entry, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(db, """
                SELECT request_hash, status, content_type, location, body FROM idempotency_keys WHERE scope = $1 AND key_hash = $2
                """, entry.Scope, entry.KeyHash);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
                return null;

            var same = CryptographicOperations.FixedTimeEquals((byte[])reader[0], entry.RequestHash);
            if (!same || reader.IsDBNull(1))
                return (same, null);
            return (true, new StoredAnswer(
                reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3),
                SealedBox.Open(BodyKey(entry), (byte[])reader[4])));
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static NpgsqlCommand Command(DbContext db, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, (NpgsqlConnection)db.Database.GetDbConnection())
        {
            Transaction = (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction(),
        };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static byte[] BodyKey(IdempotencyEntry entry) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(entry.Key), 32, info: Encoding.UTF8.GetBytes(entry.Scope));
}
