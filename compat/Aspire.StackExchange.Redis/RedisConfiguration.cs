using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

internal static class RedisConfiguration
{
    /// <summary>
    /// Parses a connection string. Unless it says otherwise the first connection may fail: the client then
    /// goes on trying in the background, so a service outlives a Redis that starts later or restarts.
    /// </summary>
    public static ConfigurationOptions Parse(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
            return new ConfigurationOptions { AbortOnConnectFail = false };

        var options = ConfigurationOptions.Parse(connectionString);
        if (!connectionString.Contains("abortConnect", StringComparison.OrdinalIgnoreCase))
            options.AbortOnConnectFail = false;
        return options;
    }
}
