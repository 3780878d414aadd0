using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;

namespace Aspire.Hosting;

/// <summary>How a project is added.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile; chosen by the rules of Aspire when not given.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Whether no launch profile is used.</summary>
    public bool ExcludeLaunchProfile { get; set; }
}

/// <summary>Adds .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project.</summary>
    /// <typeparam name="TProject">The generated class of the project.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), new ProjectResourceOptions());

    /// <summary>Adds a project with a launch profile.</summary>
    /// <typeparam name="TProject">The generated class of the project.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="launchProfileName">The launch profile; none when <see langword="null"/>.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() =>
        Add(builder, name, new TProject(), Options(launchProfileName));

    /// <summary>Adds a project with options.</summary>
    /// <typeparam name="TProject">The generated class of the project.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), Configured(configure));

    /// <summary>Adds a project by its path.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="projectPath">The path of the project file, relative to the AppHost.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        Add(builder, name, new ProjectPathMetadata(FullPath(builder, projectPath)), new ProjectResourceOptions());

    /// <summary>Adds a project by its path, with a launch profile.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="projectPath">The path of the project file, relative to the AppHost.</param>
    /// <param name="launchProfileName">The launch profile; none when <see langword="null"/>.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName) =>
        Add(builder, name, new ProjectPathMetadata(FullPath(builder, projectPath)), Options(launchProfileName));

    /// <summary>Runs a project in several copies, behind a proxy on the declared port.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="replicas">The number of copies.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }

    private static IResourceBuilder<ProjectResource> Add(IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, ProjectResourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        if (options.ExcludeLaunchProfile)
            return project;

        var profile = LaunchProfiles.Select(
            metadata.ProjectPath, options.LaunchProfileName, builder.Configuration["DOTNET_LAUNCH_PROFILE"] ?? builder.Configuration["LAUNCH_PROFILE"]);
        if (profile is null)
            return project;

        project.WithAnnotation(profile);
        foreach (var url in profile.ApplicationUrls)
        {
            // Two URLs of one scheme: the second endpoint gets a number.
            var taken = project.Resource.Annotations.OfType<EndpointAnnotation>().Count(endpoint => endpoint.UriScheme == url.Scheme);
            project.WithAnnotation(new EndpointAnnotation(
                ProtocolType.Tcp,
                uriScheme: url.Scheme,
                name: taken == 0 ? url.Scheme : $"{url.Scheme}{taken + 1}",
                port: url.Port));
        }

        return project;
    }

    private static ProjectResourceOptions Options(string? launchProfileName) =>
        new() { LaunchProfileName = launchProfileName, ExcludeLaunchProfile = launchProfileName is null };

    private static ProjectResourceOptions Configured(Action<ProjectResourceOptions> configure)
    {
        var options = new ProjectResourceOptions();
        configure(options);
        return options;
    }

    private static string FullPath(IDistributedApplicationBuilder builder, string projectPath) =>
        Path.GetFullPath(projectPath, builder.AppHostDirectory);

    private sealed class ProjectPathMetadata(string projectPath) : IProjectMetadata
    {
        public string ProjectPath => projectPath;
    }
}
