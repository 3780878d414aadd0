using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application made of resources.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly AppHostInterceptor? _interceptor;

    internal DistributedApplication(IHost host, AppHostInterceptor? interceptor)
    {
        _host = host;
        _interceptor = interceptor;
    }

    /// <summary>The services of the AppHost.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The states of the resources.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>The commands of the resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Begins the declaration of an application.</summary>
    /// <returns>The builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder(new DistributedApplicationOptions { Assembly = Assembly.GetCallingAssembly() });

    /// <summary>Begins the declaration of an application.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) =>
        CreateBuilder(new DistributedApplicationOptions { Args = args, Assembly = Assembly.GetCallingAssembly() });

    /// <summary>Begins the declaration of an application.</summary>
    /// <param name="options">How it is built.</param>
    /// <returns>The builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Assembly ??= Assembly.GetCallingAssembly();
        return new DistributedApplicationBuilder(options);
    }

    /// <inheritdoc />
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        // First what a person has to put right, which the host would log with a stack trace.
        await Services.GetRequiredService<Orchestrator>().PrepareAsync(cancellationToken).ConfigureAwait(false);
        await _host.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Runs until the process is told to stop.</summary>
    /// <param name="cancellationToken">Stops the application.</param>
    /// <returns>A task that ends when everything has stopped.</returns>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        // Under test the test starts and stops the application.
        if (_interceptor is not null)
        {
            await _interceptor.WaitForStopAsync(this, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DistributedApplicationException exception)
        {
            // A message for the person at the terminal, who has no use for a stack trace.
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            System.Environment.ExitCode = 1;
            await DisposeAsync().ConfigureAwait(false);
            return;
        }

        await _host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Runs until the process is told to stop.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            _host.Dispose();
        _interceptor?.OnDisposed();
    }
}
