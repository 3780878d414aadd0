using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Local;

/// <summary>What the parts of one run share.</summary>
internal sealed record LocalRun
{
    public required IServiceProvider Services { get; init; }

    public required IConfiguration Configuration { get; init; }

    public required DistributedApplicationExecutionContext ExecutionContext { get; init; }

    public required IDistributedApplicationEventing Eventing { get; init; }

    public required ResourceNotificationService Notifications { get; init; }

    public required ResourceLoggerService Loggers { get; init; }

    public required HealthMonitor Health { get; init; }

    public required DataDirectory Data { get; init; }

    public required ProcessLauncher Launcher { get; init; }

    public required Ports Ports { get; init; }

    /// <summary>The dashboard, when there is one.</summary>
    public DashboardResource? Dashboard { get; init; }

    public required bool IsDevelopment { get; init; }
}
