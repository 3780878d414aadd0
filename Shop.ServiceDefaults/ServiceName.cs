using Microsoft.Extensions.Hosting;

namespace Shop.ServiceDefaults;

/// <summary>The name a service goes by: <c>orders</c> for <c>Shop.Orders</c>.</summary>
public static class ServiceName
{
    private const string Prefix = "Shop.";

    /// <summary>The service's name, from its application name.</summary>
    public static string Of(IHostEnvironment environment)
    {
        var name = environment.ApplicationName;
        return (name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name).ToLowerInvariant();
    }
}
