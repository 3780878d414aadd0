using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Shop.TelegramBot.Polling;

/// <summary>Whether updates arrive.</summary>
internal sealed class BotStatus : IHealthCheck
{
    private volatile string? _failure;

    public void Working() => _failure = null;

    public void Failing(string reason) => _failure = reason;

    /// <summary>Telegram out of reach degrades the bot but does not fail it: restarting would not help.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(_failure is { } reason ? HealthCheckResult.Degraded(reason) : HealthCheckResult.Healthy("receiving updates"));
}
