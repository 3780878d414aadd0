using System.Buffers.Text;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace Shop.Web.Cart;

/// <summary>A visitor's cart in Redis: product id → quantity. A cookie holds the cart's unguessable id.</summary>
internal sealed class CartStore(IConnectionMultiplexer redis)
{
    private const string CookieName = "shop_cart";
    private const int IdBytes = 16;
    private const int IdLength = 22;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public async Task<IReadOnlyDictionary<int, int>> ReadAsync(HttpContext context)
    {
        if (FindId(context) is not { } id)
            return new Dictionary<int, int>();
        var entries = await redis.GetDatabase().HashGetAllAsync(Key(id));
        return entries.ToDictionary(entry => (int)entry.Name, entry => (int)entry.Value);
    }

    /// <returns>False when the cart is full.</returns>
    public async Task<bool> AddAsync(HttpContext context, int productId, int quantity)
    {
        var cart = await ReadAsync(context);
        var held = cart.GetValueOrDefault(productId);
        if (held == 0 && cart.Count >= CartLines.MaxProducts)
            return false;

        await SetAsync(context, productId, Math.Min(held + quantity, CartLines.MaxQuantity));
        return true;
    }

    /// <summary>Changes a quantity; zero takes the product out.</summary>
    public async Task SetAsync(HttpContext context, int productId, int quantity)
    {
        var key = Key(FindId(context) ?? CreateId(context));
        var db = redis.GetDatabase();
        if (quantity == 0)
        {
            await db.HashDeleteAsync(key, productId);
            return;
        }

        await db.HashSetAsync(key, productId, quantity);
        await db.KeyExpireAsync(key, Lifetime);
    }

    public Task ClearAsync(HttpContext context) =>
        FindId(context) is { } id ? redis.GetDatabase().KeyDeleteAsync(Key(id)) : Task.CompletedTask;

    private static string? FindId(HttpContext context) =>
        context.Request.Cookies[CookieName] is { Length: IdLength } id && Base64Url.IsValid(id) ? id : null;

    private static string CreateId(HttpContext context)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        context.Response.Cookies.Append(CookieName, id, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            IsEssential = true,
            MaxAge = Lifetime,
        });
        return id;
    }

    private static RedisKey Key(string id) => $"web:cart:{id}";
}
