using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Caching.Memory;

namespace Shop.ServiceDefaults.Security;

/// <summary>
/// Remembers for a moment what a token said that was checked: a buyer sends the same one with every request, and a service
/// with every call, and checking a signature costs more than all else that is done for a short request.
/// </summary>
internal sealed class ValidatedTokens : IDisposable
{
    private const int MaxTokens = 20_000;
    private const string Scheme = "Bearer ";

    /// <summary>How much longer than its key a token may be good.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _principals = new(new MemoryCacheOptions { SizeLimit = MaxTokens });

    /// <summary>Looks tokens up here before they are checked, and remembers those that are good.</summary>
    public JwtBearerEvents CreateEvents() => new()
    {
        OnMessageReceived = context =>
        {
            if (FindToken(context.Request.Headers.Authorization) is { } token && _principals.TryGetValue(Hash(token), out var found))
            {
                context.Principal = (ClaimsPrincipal)found!;
                context.Success();
            }
            return Task.CompletedTask;
        },
        OnTokenValidated = context =>
        {
            var left = context.SecurityToken.ValidTo - DateTime.UtcNow;
            if (left > TimeSpan.Zero && FindToken(context.Request.Headers.Authorization) is { } token)
            {
                _principals.Set(Hash(token), context.Principal, new MemoryCacheEntryOptions
                {
                    Size = 1,
                    AbsoluteExpirationRelativeToNow = left < Memory ? left : Memory,
                });
            }
            return Task.CompletedTask;
        },
    };

    internal static string? FindToken(string? header) =>
        header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;

    /// <remarks>Not the token: what is kept here gives nobody a token.</remarks>
    private static TokenHash Hash(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return new TokenHash(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));
    }

    public void Dispose() => _principals.Dispose();

    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D);
}
