using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost inside a test: on random ports, with data that is thrown away, without the dashboard.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the entry point of an AppHost up to its call of Build.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly, such as <c>Projects.Shop_AppHost</c>.</typeparam>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it has declared.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the entry point of an AppHost up to its call of Build.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly.</typeparam>
    /// <param name="args">The command line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it has declared.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <summary>Runs the entry point of an AppHost up to its call of Build.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly.</typeparam>
    /// <param name="args">The command line.</param>
    /// <param name="configureBuilder">Changes the options before the entry point sees them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it has declared.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    /// <summary>Runs the entry point of an AppHost up to its call of Build.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it has declared.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], cancellationToken);

    /// <summary>Runs the entry point of an AppHost up to its call of Build.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    /// <param name="args">The command line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it has declared.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, args, (_, _) => { }, cancellationToken);

    /// <summary>Runs the entry point of an AppHost up to its call of Build.</summary>
    /// <param name="entryPoint">A type of the AppHost's assembly.</param>
    /// <param name="args">The command line.</param>
    /// <param name="configureBuilder">Changes the options before the entry point sees them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it has declared.</returns>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var run = new EntryPointRun(entryPoint.Assembly, args, configureBuilder);
        return new SuspendedBuilder(run, await run.StartAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Begins an application without an AppHost project.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The builder.</returns>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(Assembly.GetCallingAssembly(), args, (_, _) => { });

    /// <summary>Begins an application without an AppHost project.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configureBuilder">Changes the options.</param>
    /// <returns>The builder.</returns>
    public static IDistributedApplicationTestingBuilder Create(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder) =>
        Create(Assembly.GetCallingAssembly(), args, configureBuilder);

    /// <summary>The settings that every application has under test.</summary>
    internal static void Configure(
        Assembly appHost,
        string[] args,
        DistributedApplicationOptions options,
        HostApplicationBuilderSettings settings,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;
        options.AssemblyName = appHost.GetName().Name;
        settings.ApplicationName = appHost.GetName().Name;
        settings.Args = [.. settings.Args ?? [], .. args];
        settings.Configuration ??= new ConfigurationManager();

        var given = new ConfigurationManager();
        given.AddCommandLine(settings.Args);
        var defaults = new Dictionary<string, string?>();
        SetDefault(LocalSettings.RandomizePortsKey, "true");
        SetDefault(LocalSettings.ThrowAwayDataKey, "true");
        if (AssemblyMetadata.Find(appHost, AssemblyMetadata.AppHostProjectPath) is { } directory && Directory.Exists(directory))
        {
            settings.ContentRootPath = directory;
            if (LaunchProfiles.OfAppHost(directory, given["DOTNET_LAUNCH_PROFILE"]) is { } profile)
            {
                SetDefault("DOTNET_LAUNCH_PROFILE", profile.Name);
                foreach (var (name, value) in profile.Variables)
                {
                    SetDefault(name, value);
                    if (name.StartsWith("DOTNET_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase))
                        SetDefault(name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..], value);
                }

                if (defaults.TryGetValue("ENVIRONMENT", out var environment))
                    settings.EnvironmentName = environment;
            }
        }

        settings.Configuration.AddInMemoryCollection(defaults);
        configureBuilder(options, settings);

        void SetDefault(string key, string? value)
        {
            if (given[key] is null)
                defaults[key] = value;
        }
    }

    private static DirectBuilder Create(Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        return new DirectBuilder(new DistributedApplicationBuilder(
            new DistributedApplicationOptions { Args = args, Assembly = assembly }, new TestSettings(assembly, args, configureBuilder)));
    }

    private sealed class TestSettings(Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
        : AppHostInterceptor
    {
        public override void OnBuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
        {
            settings.Args = null;
            Configure(assembly, args, options, settings, configureBuilder);
        }

        public override void OnBuilderCreated(DistributedApplicationBuilder builder)
        {
        }

        public override void OnBuilding(DistributedApplicationBuilder builder)
        {
        }

        public override void OnBuilt(DistributedApplication application)
        {
        }

        public override async Task WaitForStopAsync(DistributedApplication application, CancellationToken cancellationToken)
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            await ((IHost)application).WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        }

        public override void OnDisposed()
        {
        }
    }

    private abstract class TestingBuilder(DistributedApplicationBuilder inner) : IDistributedApplicationTestingBuilder, IDistributedApplicationBuilderWrapper
    {
        public DistributedApplicationBuilder Inner => inner;

        public ConfigurationManager Configuration => inner.Configuration;

        public string AppHostDirectory => inner.AppHostDirectory;

        public Assembly? AppHostAssembly => inner.AppHostAssembly;

        public IHostEnvironment Environment => inner.Environment;

        public IServiceCollection Services => inner.Services;

        public DistributedApplicationExecutionContext ExecutionContext => inner.ExecutionContext;

        public IDistributedApplicationEventing Eventing => inner.Eventing;

        public IResourceCollection Resources => inner.Resources;

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource => inner.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource => inner.CreateResourceBuilder(resource);

        public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

        public abstract Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);

        public abstract ValueTask DisposeAsync();

        public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private sealed class SuspendedBuilder(EntryPointRun run, DistributedApplicationBuilder inner) : TestingBuilder(inner)
    {
        public override Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => run.BuildAsync(cancellationToken);

        public override ValueTask DisposeAsync() => run.DisposeAsync();
    }

    private sealed class DirectBuilder(DistributedApplicationBuilder inner) : TestingBuilder(inner)
    {
        public override Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Inner.Build());

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
