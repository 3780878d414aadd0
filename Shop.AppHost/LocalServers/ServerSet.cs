using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shop.AppHost.LocalServers;

/// <summary>The servers of one application: where they run, and what has to be there before the first of them starts.</summary>
internal sealed class ServerSet : IAsyncDisposable
{
    private const string ModeKey = "Servers:Mode";

    /// <summary>How long a start waits for what an AppHost that was killed has left of a server.</summary>
    private const string PatienceSeconds = "30";

    private static readonly ConditionalWeakTable<IDistributedApplicationBuilder, ServerSet> Known = [];

    private readonly List<(LocalServer Server, ServerProcess Process)> _servers = [];
    private readonly DataDirectory _data;
    private readonly string _choice;
    private readonly string? _refusal;
    private ChildStates? _childStates;

    private ServerSet(IConfiguration configuration, string appHostDirectory)
    {
        _data = new DataDirectory(configuration, appHostDirectory);
        (RunAsProcesses, _choice, _refusal) = Choose(configuration);
    }

    /// <summary>Whether the servers are processes and not containers.</summary>
    public bool RunAsProcesses { get; }

    /// <summary>The servers of this application.</summary>
    public static ServerSet Of(IDistributedApplicationBuilder builder)
    {
        if (Known.TryGetValue(builder, out var known))
            return known;

        var servers = new ServerSet(builder.Configuration, builder.AppHostDirectory);
        Known.Add(builder, servers);
        builder.Services.AddSingleton(_ => servers); // From a factory, and so disposed with the application.
        builder.Eventing.Subscribe<BeforeStartEvent>((started, cancellationToken) => builder.ExecutionContext.IsRunMode
            ? started.Services.GetRequiredService<ServerSet>().PrepareAsync(started.Model, started.Services, cancellationToken)
            : Task.CompletedTask);
        return servers;
    }

    /// <summary>Takes a server into the model as a process, in the place of its container.</summary>
    public ServerProcess Add(LocalServer server)
    {
        var process = new ServerProcess(server.Resource, _data.Of(server));
        _servers.Add((server, process));
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        if (_childStates is not null)
            await _childStates.DisposeAsync();
        _data.Dispose();
    }

    private static (bool RunAsProcesses, string Choice, string? Refusal) Choose(IConfiguration configuration)
    {
        var text = configuration[ModeKey] ?? nameof(ServersMode.Auto);
        if (!Enum.TryParse<ServersMode>(text, ignoreCase: true, out var mode) || !Enum.IsDefined(mode))
        {
            var known = string.Join(", ", Enum.GetNames<ServersMode>().Select(name => name.ToLowerInvariant()));
            return (false, "", $"{ModeKey} is '{text}'; it can be {known}.");
        }

        if (mode == ServersMode.Process)
            return (true, $"as processes of this machine, as {ModeKey} says", null);

        var (answers, finding) = ContainerEngine.Ask(configuration);
        return mode switch
        {
            ServersMode.Container when answers => (false, $"in containers, as {ModeKey} says", null),
            ServersMode.Container =>
                (false, "", $"{ModeKey} is 'container', but no container engine answers: {finding}. Start one, or set {ModeKey} to 'process'."),
            _ when answers => (false, $"in containers, for {finding}", null),
            _ => (true, $"as processes of this machine: no container engine answers ({finding})", null),
        };
    }

    /// <summary>Before anything starts: whatever is not as it has to be is said here, and nothing is left half-started.</summary>
    private async Task PrepareAsync(DistributedApplicationModel model, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (_refusal is not null)
            throw new DistributedApplicationException(_refusal);

        services.GetRequiredService<ILogger<ServerSet>>().LogInformation("PostgreSQL, RabbitMQ and Redis run {Choice}", _choice);
        if (!RunAsProcesses)
            return;

        if (_servers.Where(entry => !entry.Server.IsInstalled).Select(entry => entry.Server.Package).ToArray() is { Length: > 0 } missing)
        {
            throw new DistributedApplicationException(
                $"Not installed: {string.Join(", ", missing)}. "
                + $"On Debian and Ubuntu: apt-get install --no-install-recommends {string.Join(' ', missing)}. "
                + "Elsewhere use the system's own package manager, or start Docker or Podman.");
        }

        _data.Open(_servers.Select(entry => entry.Server));
        // Aspire's host for tests does not wait for disposals.
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(_data.Dispose);
        var serve = Scripts.WriteTo(_data.Root, "serve.sh");
        await Task.WhenAll(_servers.Select(entry => PrepareAsync(entry.Server, entry.Process, serve, cancellationToken)));
        foreach (var resource in model.Resources)
            PointToProcesses(resource);
        _childStates = new ChildStates(model, services.GetRequiredService<ResourceNotificationService>());
    }

    private async Task PrepareAsync(LocalServer server, ServerProcess process, string serve, CancellationToken cancellationToken)
    {
        var directory = _data.Of(server);
        string[] untilGone = ["flock", "--wait", PatienceSeconds, _data.LockOf(server), "true"];
        if ((await Programs.TryRunAsync(untilGone, input: "", cancellationToken)).ExitCode != 0)
        {
            throw new DistributedApplicationException(
                $"The {server.Name} of an AppHost that was killed still runs on the data in {directory}. Stop it first.");
        }

        var command = await server.PrepareAsync(directory, _data.IsThrowAway, cancellationToken);
        foreach (var shown in server.ShownAnnotations)
            process.Annotations.Add(shown);
        string[] arguments =
        [
            serve, _data.LockOf(server), server.StopSignal,
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture), _data.IsThrowAway ? directory : "", .. command,
        ];
        process.Annotations.Insert(0, new CommandLineArgsCallbackAnnotation(all =>
        {
            foreach (var argument in arguments)
                all.Add(argument);
        }));
        process.Annotations.Add(new EnvironmentCallbackAnnotation(variables =>
        {
            foreach (var (name, value) in server.Variables)
                variables[name] = value;
        }));
    }

    // A wait or a relationship names the declared server, which is not in the model any more.
    private void PointToProcesses(IResource resource)
    {
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().ToList())
        {
            if (ProcessOf(wait.Resource) is { } process)
                Replace(wait, new WaitAnnotation(process, wait.WaitType, wait.ExitCode) { WaitBehavior = wait.WaitBehavior });
        }

        foreach (var relationship in resource.Annotations.OfType<ResourceRelationshipAnnotation>().ToList())
        {
            if (ProcessOf(relationship.Resource) is { } process)
                Replace(relationship, new ResourceRelationshipAnnotation(process, relationship.Type));
        }

        void Replace(IResourceAnnotation old, IResourceAnnotation replacement)
        {
            resource.Annotations.Remove(old);
            resource.Annotations.Add(replacement);
        }
    }

    private ServerProcess? ProcessOf(IResource declared) => _servers.FirstOrDefault(entry => entry.Server.Resource == declared).Process;
}
