using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Shop.ServiceDefaults.Security;

/// <summary>Data-protection keys that every replica shares, kept in Redis.</summary>
public static class SharedDataProtectionExtensions
{
    /// <summary>Protects cookies and sessions with keys in Redis; needs <c>AddRedisClient</c>.</summary>
    public static IDataProtectionBuilder AddSharedDataProtection(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((options, services) =>
            options.XmlRepository = new RedisXmlRepository(
                services.GetRequiredService<IConnectionMultiplexer>(),
                $"{ServiceName.Of(builder.Environment)}:data-protection-keys"));
        return builder.Services.AddDataProtection().SetApplicationName(builder.Environment.ApplicationName);
    }
}

internal sealed class RedisXmlRepository(IConnectionMultiplexer redis, RedisKey key) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. redis.GetDatabase().ListRange(key).Select(value => XElement.Parse(value!))];

    public void StoreElement(XElement element, string friendlyName) =>
        redis.GetDatabase().ListRightPush(key, element.ToString(SaveOptions.DisableFormatting));
}
