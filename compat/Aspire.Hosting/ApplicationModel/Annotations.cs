namespace Aspire.Hosting.ApplicationModel;

/// <summary>Adds variables to the environment of a process.</summary>
/// <param name="callback">Called each time the process is started.</param>
public class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Called each time the process is started.</summary>
    public Func<EnvironmentCallbackContext, Task> Callback { get; } = callback;
}

/// <summary>The environment of a process while it is put together.</summary>
/// <param name="executionContext">How the application is run.</param>
/// <param name="resource">The resource.</param>
/// <param name="environmentVariables">The variables so far; values are texts or value providers.</param>
/// <param name="cancellationToken">Cancels the start.</param>
public class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext,
    IResource resource,
    Dictionary<string, object>? environmentVariables = null,
    CancellationToken cancellationToken = default)
{
    /// <summary>The variables so far; values are texts or value providers.</summary>
    public Dictionary<string, object> EnvironmentVariables { get; } = environmentVariables ?? [];

    /// <summary>Cancels the start.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>How the application is run.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;
}

/// <summary>Adds arguments to the command line of a process.</summary>
/// <param name="callback">Called each time the process is started.</param>
public class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Called each time the process is started.</summary>
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}

/// <summary>The command line of a process while it is put together.</summary>
/// <param name="args">The arguments so far; texts or value providers.</param>
/// <param name="cancellationToken">Cancels the start.</param>
public sealed class CommandLineArgsCallbackContext(IList<object> args, CancellationToken cancellationToken = default)
{
    /// <summary>The arguments so far; texts or value providers.</summary>
    public IList<object> Args { get; } = args;

    /// <summary>Cancels the start.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>The resource is healthy when the health check with this key is.</summary>
/// <param name="key">The name of the registration in the AppHost's health checks.</param>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The name of the registration in the AppHost's health checks.</summary>
    public string Key { get; } = key;
}

/// <summary>The kinds of waiting.</summary>
public enum WaitType
{
    /// <summary>Until it is healthy.</summary>
    WaitUntilHealthy,

    /// <summary>Until it has finished.</summary>
    WaitForCompletion,

    /// <summary>Until it runs.</summary>
    WaitUntilStarted,
}

/// <summary>What a wait does when its resource fails.</summary>
public enum WaitBehavior
{
    /// <summary>Go on waiting: somebody may start it again.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Fail as well.</summary>
    StopOnResourceUnavailable,
}

/// <summary>The resource waits for another before it starts.</summary>
/// <param name="resource">The other resource.</param>
/// <param name="waitType">What it waits for.</param>
/// <param name="exitCode">The exit code that counts as completed.</param>
public class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What it waits for.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>What happens when the other fails; the application's default when not given.</summary>
    public WaitBehavior? WaitBehavior { get; init; }

    /// <summary>The exit code that counts as completed.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>How many copies of a project run.</summary>
/// <param name="replicas">The number of copies.</param>
public class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    /// <summary>The number of copies.</summary>
    public int Replicas { get; } = replicas;
}

/// <summary>The resource is started by a command, not with the application.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>A resource is connected with another.</summary>
/// <param name="resource">The other resource.</param>
/// <param name="type">How, such as <c>Reference</c>.</param>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>How it is connected.</summary>
    public string Type { get; } = type;
}

/// <summary>What is mounted into a server.</summary>
public enum ContainerMountType
{
    /// <summary>A folder of the machine.</summary>
    BindMount,

    /// <summary>A volume that outlives the server.</summary>
    Volume,
}

/// <summary>A server keeps its data in a volume.</summary>
/// <param name="source">The name of the volume.</param>
/// <param name="target">The path in the container; not used for local servers.</param>
/// <param name="type">What is mounted.</param>
/// <param name="isReadOnly">Whether it may not be written.</param>
public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly) : IResourceAnnotation
{
    /// <summary>The name of the volume.</summary>
    public string? Source { get; } = source;

    /// <summary>The path in the container; not used for local servers.</summary>
    public string Target { get; } = target;

    /// <summary>What is mounted.</summary>
    public ContainerMountType Type { get; } = type;

    /// <summary>Whether it may not be written.</summary>
    public bool IsReadOnly { get; } = isReadOnly;
}

/// <summary>A connection string of a resource, which may be missing when optional.</summary>
/// <param name="resource">The resource.</param>
/// <param name="optional">Whether it may be missing.</param>
public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    /// <summary>The resource.</summary>
    public IResourceWithConnectionString Resource { get; } = resource;

    /// <summary>Whether it may be missing.</summary>
    public bool Optional { get; } = optional;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    string IManifestExpressionProvider.ValueExpression => Resource.ValueExpression;

    async ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken)
    {
        var value = await Resource.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false);
        return string.IsNullOrEmpty(value) && !Optional
            ? throw new DistributedApplicationException($"The connection string for the resource '{Resource.Name}' is not available.")
            : value;
    }
}
