using System.Reflection;
using Aspire.Hosting.Local;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs the entry point of an AppHost on a thread of its own, and holds it at Build and at Run.</summary>
internal sealed class EntryPointRun(
    Assembly appHost, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder) : AppHostInterceptor, IAsyncDisposable
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _building = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _entryPoint = Task.CompletedTask;

    /// <summary>Runs the entry point up to Build.</summary>
    public async Task<DistributedApplicationBuilder> StartAsync(CancellationToken cancellationToken)
    {
        var method = appHost.EntryPoint ?? throw new ArgumentException($"{appHost.GetName().Name} has no entry point.");
        _entryPoint = Task.Factory.StartNew(() => Run(method), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await _building.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the entry point go on up to Run.</summary>
    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return await _built.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void OnBuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) =>
        DistributedApplicationTestingBuilder.Configure(appHost, args: [], options, settings, configureBuilder);

    public override void OnBuilderCreated(DistributedApplicationBuilder builder)
    {
        // The test gets it when the entry point has declared everything.
    }

    public override void OnBuilding(DistributedApplicationBuilder builder)
    {
        _building.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
    }

    public override void OnBuilt(DistributedApplication application) => _built.TrySetResult(application);

    public override Task WaitForStopAsync(DistributedApplication application, CancellationToken cancellationToken) => _stopped.Task.WaitAsync(cancellationToken);

    public override void OnDisposed() => _stopped.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        if (_built.Task.IsCompletedSuccessfully)
        {
            await (await _built.Task.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            // Never built: the entry point ends with this at its call of Build.
            _mayBuild.TrySetException(new OperationCanceledException("The testing builder was disposed before it was built."));
        }

        _stopped.TrySetResult();
        await _entryPoint.WaitAsync(EndTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Run(MethodInfo method)
    {
        try
        {
            Current = this;
            object?[] parameters = method.GetParameters().Length == 0 ? [] : [args];
            if (method.Invoke(null, parameters) is Task task)
                task.GetAwaiter().GetResult();
            Fail(new InvalidOperationException($"The entry point of {appHost.GetName().Name} ended without building an application."));
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            Fail(inner);
        }
    }

    private void Fail(Exception exception)
    {
        // Who waits gets it; when nobody does, the application has run to its end.
        _building.TrySetException(exception);
        _built.TrySetException(exception);
        _ = _building.Task.Exception;
        _ = _built.Task.Exception;
    }
}
