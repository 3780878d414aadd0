using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Local;

/// <summary>Says how the process of a resource is started.</summary>
internal static class ProcessSpecs
{
    public static async Task<ProcessSpec> CreateAsync(ResourceInstance instance, LocalRun run, CancellationToken cancellationToken) => instance.Resource switch
    {
        ContainerResource server => await ServerAsync(server, instance, run, cancellationToken).ConfigureAwait(false),
        ProjectResource project => await ProjectAsync(project, instance, run, cancellationToken).ConfigureAwait(false),
        ExecutableResource executable => new ProcessSpec
        {
            FileName = executable.Command,
            WorkingDirectory = executable.WorkingDirectory,
            Arguments = await ArgumentsAsync(executable, cancellationToken).ConfigureAwait(false),
            Environment = await EnvironmentAsync(instance, run, [], cancellationToken).ConfigureAwait(false),
        },
        var other => throw new DistributedApplicationException($"A resource of type {other.GetType().Name} has no process."),
    };

    private static async Task<ProcessSpec> ServerAsync(ContainerResource server, ResourceInstance instance, LocalRun run, CancellationToken cancellationToken)
    {
        if (!server.TryGetLastAnnotation<LocalServer>(out var local))
            throw new DistributedApplicationException($"'{server.Name}' is a container for which there is no local server: run with -p:PackageSet=full.");

        var volume = server.Annotations.OfType<ContainerMountAnnotation>()
            .Where(mount => mount.Type == ContainerMountType.Volume)
            .Select(mount => mount.Source ?? server.Name)
            .FirstOrDefault();
        var spec = await local.PrepareAsync(
            new LocalServerContext
            {
                DataDirectory = run.Data.DirectoryFor(server.Name, volume),
                IsThrowAway = run.Data.IsThrowAway || volume is null,
                Launcher = run.Launcher,
                Ports = run.Ports,
                Logger = run.Loggers.GetLogger(server),
                Port = endpoint => instance.TargetPorts[endpoint],
            },
            cancellationToken).ConfigureAwait(false);
        var arguments = await ArgumentsAsync(server, cancellationToken).ConfigureAwait(false);
        return spec with { Arguments = [.. spec.Arguments, .. arguments] };
    }

    private static async Task<ProcessSpec> ProjectAsync(ProjectResource project, ResourceInstance instance, LocalRun run, CancellationToken cancellationToken)
    {
        if (!project.TryGetLastAnnotation<IProjectMetadata>(out var metadata))
            throw new DistributedApplicationException($"'{project.Name}' does not say where its project is.");

        var own = await ArgumentsAsync(project, cancellationToken).ConfigureAwait(false);
        project.TryGetLastAnnotation<LaunchProfile>(out var profile);
        if (own.Count == 0 && profile?.Arguments is { Length: > 0 } fromProfile)
            own = fromProfile.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // The assembly itself when the build says where it is: no SDK process, no evaluation of the project.
        string[] arguments = metadata is IBuiltProjectMetadata built
            ? File.Exists(built.TargetPath)
                ? ["exec", built.TargetPath]
                : throw new DistributedApplicationException($"{built.TargetPath} does not exist: build the solution first.")
            : ["run", "--project", metadata.ProjectPath, "--no-build", "--no-launch-profile", "--"];
        return new ProcessSpec
        {
            FileName = DotnetHost(),
            WorkingDirectory = Path.GetDirectoryName(metadata.ProjectPath)!,
            Arguments = [.. arguments, .. own],
            Environment = await EnvironmentAsync(
                instance, run, ProjectEnvironment.Create(instance, profile, run), cancellationToken).ConfigureAwait(false),
        };
    }

    private static async Task<IReadOnlyDictionary<string, string?>> EnvironmentAsync(
        ResourceInstance instance, LocalRun run, Dictionary<string, object> variables, CancellationToken cancellationToken)
    {
        foreach (var endpoint in instance.Resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.PortVariable is not null))
            variables[endpoint.PortVariable!] = instance.TargetPorts[endpoint.Name].ToString(CultureInfo.InvariantCulture);

        var context = new EnvironmentCallbackContext(run.ExecutionContext, instance.Resource, variables, cancellationToken);
        foreach (var annotation in instance.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
            await annotation.Callback(context).ConfigureAwait(false);

        var resolved = new Dictionary<string, string?>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await ResolveAsync(value, cancellationToken).ConfigureAwait(false) is { } text)
                resolved[name] = text;
        }

        return resolved;
    }

    private static async Task<IReadOnlyList<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
            await annotation.Callback(context).ConfigureAwait(false);

        var resolved = new List<string>();
        foreach (var value in context.Args)
        {
            if (await ResolveAsync(value, cancellationToken).ConfigureAwait(false) is { } text)
                resolved.Add(text);
        }

        return resolved;
    }

    private static async ValueTask<string?> ResolveAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    // The dotnet that this process itself runs on.
    /// <summary>The program that runs this runtime.</summary>
    public static string DotnetHost()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var beside = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "dotnet"));
        return File.Exists(beside) ? beside : "dotnet";
    }
}
