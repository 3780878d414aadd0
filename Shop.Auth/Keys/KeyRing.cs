using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Shop.Auth.Data;
using Shop.ServiceDefaults.Security;

namespace Shop.Auth.Keys;

/// <summary>The signing keys that all replicas share through the database, read again now and then so that a rotation spreads.</summary>
internal sealed partial class KeyRing(
    IServiceScopeFactory scopes, KeyProtector protector, TimeProvider time, ILogger<KeyRing> logger) : IDisposable
{
    private static readonly TimeSpan ReloadAfter = TimeSpan.FromMinutes(1);
    private const int MaxPublishedKeys = 10;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile Keys? _keys;

    /// <exception cref="InvalidOperationException">The active key cannot be decrypted.</exception>
    public async ValueTask<Keys> GetAsync(CancellationToken cancellationToken)
    {
        if (_keys is { } fresh && time.GetUtcNow() < fresh.ReloadAt)
            return fresh;

        await _loading.WaitAsync(cancellationToken);
        try
        {
            if (_keys is { } loaded && time.GetUtcNow() < loaded.ReloadAt)
                return loaded;
            return _keys = await LoadAsync(cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<Keys> LoadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDbContext>();

        var stored = await ReadAsync(db, cancellationToken);
        if (!stored.Exists(key => key.Active))
        {
            await CreateActiveAsync(db, cancellationToken);
            stored = await ReadAsync(db, cancellationToken);
        }

        var active = stored.Find(key => key.Active)
            ?? throw new InvalidOperationException("There is no active signing key, though one was just created.");
        var privateKey = ECDsa.Create();
        privateKey.ImportPkcs8PrivateKey(protector.Unprotect(active.PrivateKey, active.Kid), out _);

        return new Keys(
            new SigningCredentials(new ECDsaSecurityKey(privateKey) { KeyId = active.Kid }, SecurityAlgorithms.EcdsaSha256),
            new Jwks([.. stored.Select(Publish)]),
            time.GetUtcNow() + ReloadAfter);
    }

    private static Task<List<SigningKey>> ReadAsync(AuthDbContext db, CancellationToken cancellationToken) => db.SigningKeys.AsNoTracking()
        .OrderByDescending(key => key.Active).ThenByDescending(key => key.CreatedAt)
        .Take(MaxPublishedKeys)
        .ToListAsync(cancellationToken);

    /// <remarks>Replicas that start together all try; the unique index lets one succeed.</remarks>
    private async Task CreateActiveAsync(AuthDbContext db, CancellationToken cancellationToken)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kid = Base64UrlEncoder.Encode(SHA256.HashData(pair.ExportSubjectPublicKeyInfo())[..12]);
        var created = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO signing_keys (kid, public_key, private_key, active, created_at)
            VALUES ({kid}, {pair.ExportSubjectPublicKeyInfo()}, {protector.Protect(pair.ExportPkcs8PrivateKey(), kid)}, true, {time.GetUtcNow()})
            ON CONFLICT DO NOTHING
            """, cancellationToken);
        if (created > 0)
            Created(logger, kid);
    }

    private static Jwk Publish(SigningKey key)
    {
        using var publicKey = ECDsa.Create();
        publicKey.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        return Jwk.From(publicKey, key.Kid);
    }

    public void Dispose() => _loading.Dispose();

    [LoggerMessage(Level = LogLevel.Information, Message = "Created signing key {Kid}")]
    private static partial void Created(ILogger logger, string kid);

    /// <param name="Active">What new tokens are signed with.</param>
    /// <param name="Published">What tokens may be signed with.</param>
    /// <param name="ReloadAt">When the database is asked again.</param>
    internal sealed record Keys(SigningCredentials Active, Jwks Published, DateTimeOffset ReloadAt);
}
