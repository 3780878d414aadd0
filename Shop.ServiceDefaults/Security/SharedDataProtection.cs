using System.ComponentModel.DataAnnotations;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Shop.ServiceDefaults.Security;

/// <summary>What the data-protection keys are encrypted with, from the configuration section <c>DataProtection</c>.</summary>
public sealed class SharedDataProtectionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "DataProtection";

    /// <summary>A long random text, the same for every replica. With another one, all sessions end.</summary>
    [Required, MinLength(20)]
    public string Key { get; set; } = "";
}

/// <summary>Data-protection keys that every replica shares, kept in Redis, where only ciphertext of them lies.</summary>
public static class SharedDataProtectionExtensions
{
    /// <summary>Protects cookies and sessions with keys in Redis; needs <c>AddRedisClient</c> and <c>DataProtection:Key</c>.</summary>
    public static IDataProtectionBuilder AddSharedDataProtection(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SharedDataProtectionOptions>().BindConfiguration(SharedDataProtectionOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((options, services) =>
        {
            options.XmlRepository = new RedisXmlRepository(
                services.GetRequiredService<IConnectionMultiplexer>(),
                $"{ServiceName.Of(builder.Environment)}:data-protection-keys");
            options.XmlEncryptor = new SealedXml(services.GetRequiredService<IOptions<SharedDataProtectionOptions>>());
        });
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
