using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Local;

/// <summary>Lets the testing package take part in the run of an AppHost's entry point.</summary>
internal abstract class AppHostInterceptor
{
    private static readonly AsyncLocal<AppHostInterceptor?> Ambient = new();

    /// <summary>The interceptor of the entry point that is running here.</summary>
    public static AppHostInterceptor? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public abstract void OnBuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    public abstract void OnBuilderCreated(DistributedApplicationBuilder builder);

    /// <summary>Called on the entry point's thread, which may be held here.</summary>
    public abstract void OnBuilding(DistributedApplicationBuilder builder);

    public abstract void OnBuilt(DistributedApplication application);

    /// <summary>Called in place of the run.</summary>
    public abstract Task WaitForStopAsync(DistributedApplication application, CancellationToken cancellationToken);

    public abstract void OnDisposed();
}
