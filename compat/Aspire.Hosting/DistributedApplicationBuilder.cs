using System.Reflection;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The name of the AppHost's assembly.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Whether the dashboard is off.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether the lines that resources write go to the log of the AppHost even without a dashboard.</summary>
    public bool EnableResourceLogging { get; set; }

    /// <summary>Whether the dashboard may be served over HTTP; the local one always is.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    internal Assembly? Assembly { get; set; }
}

/// <summary>Whether the application is run or published.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>It is run.</summary>
    Run,

    /// <summary>It is published.</summary>
    Publish,
}

/// <summary>How the application is executed.</summary>
/// <param name="operation">Whether it is run or published.</param>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>Whether it is run or published.</summary>
    public DistributedApplicationOperation Operation { get; } = operation;

    /// <summary>Whether it is published.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    /// <summary>Whether it is run.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;
}

/// <summary>Declares the resources of an application.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The configuration of the AppHost.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The directory of the AppHost project.</summary>
    string AppHostDirectory { get; }

    /// <summary>The assembly of the AppHost.</summary>
    Assembly? AppHostAssembly { get; }

    /// <summary>The environment of the AppHost.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The services of the AppHost.</summary>
    IServiceCollection Services { get; }

    /// <summary>How the application is executed.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The events of the application.</summary>
    IDistributedApplicationEventing Eventing { get; }

    /// <summary>The resources so far.</summary>
    IResourceCollection Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>Its builder.</returns>
    /// <exception cref="DistributedApplicationException">There is already one of that name.</exception>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Makes a builder for a resource without adding it.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>Its builder.</returns>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Finishes the declaration.</summary>
    /// <returns>The application, ready to run.</returns>
    DistributedApplication Build();
}

/// <summary>The resources of an application.</summary>
public interface IResourceCollection : IList<IResource>;

/// <summary>The resources of an application.</summary>
/// <param name="resources">The resources.</param>
public class DistributedApplicationModel(IResourceCollection resources)
{
    /// <summary>The resources.</summary>
    public IResourceCollection Resources { get; } = resources;
}

/// <inheritdoc />
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private const int BrowserTokenLength = 32;
    private readonly HostApplicationBuilder _host;
    private readonly AppHostInterceptor? _interceptor;

    /// <summary>Begins the declaration of an application.</summary>
    /// <param name="args">The command line.</param>
    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args, Assembly = Assembly.GetCallingAssembly() })
    {
    }

    /// <summary>Begins the declaration of an application.</summary>
    /// <param name="options">How it is built.</param>
    public DistributedApplicationBuilder(DistributedApplicationOptions options)
        : this(options, AppHostInterceptor.Current)
    {
    }

    internal DistributedApplicationBuilder(DistributedApplicationOptions options, AppHostInterceptor? interceptor)
    {
        ArgumentNullException.ThrowIfNull(options);
        _interceptor = interceptor;

        var settings = new HostApplicationBuilderSettings { Args = options.Args, Configuration = new ConfigurationManager() };
        _interceptor?.OnBuilderCreating(options, settings);

        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : options.Assembly ?? Assembly.GetEntryAssembly();
        AppHostDirectory = AssemblyMetadata.Find(AppHostAssembly, AssemblyMetadata.AppHostProjectPath) ?? Directory.GetCurrentDirectory();
        settings.ApplicationName ??= AppHostAssembly?.GetName().Name;
        settings.ContentRootPath ??= AppHostDirectory;

        _host = new HostApplicationBuilder(settings);
        ConfigureLogging(options);

        ExecutionContext = new DistributedApplicationExecutionContext(
            Configuration["Publishing:Publisher"] is null && Configuration["publisher"] is null
                ? DistributedApplicationOperation.Run
                : throw new DistributedApplicationException("Publishing needs the real packages: run with -p:PackageSet=full."));

        LocalSettings = LocalSettings.Read(Configuration, AppHostDirectory, options, HasDashboard(options));
        Secrets = new UserSecrets(AppHostAssembly, persist: !LocalSettings.ThrowAwayData);
        Secrets.AddTo(Configuration);
        Configuration["AppHost:BrowserToken"] = Configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] is { Length: > 0 } token
            ? token
            : RandomNumberGenerator.GetHexString(BrowserTokenLength, lowercase: true);
        AddServices(options);
        _interceptor?.OnBuilderCreated(this);
    }

    /// <inheritdoc />
    public ConfigurationManager Configuration => _host.Configuration;

    /// <inheritdoc />
    public string AppHostDirectory { get; }

    /// <inheritdoc />
    public Assembly? AppHostAssembly { get; }

    /// <inheritdoc />
    public IHostEnvironment Environment => _host.Environment;

    /// <inheritdoc />
    public IServiceCollection Services => _host.Services;

    /// <inheritdoc />
    public DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <inheritdoc />
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    /// <inheritdoc />
    public IResourceCollection Resources { get; } = new ResourceCollection();

    internal LocalSettings LocalSettings { get; }

    internal UserSecrets Secrets { get; }

    /// <inheritdoc />
    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.FirstOrDefault(known => string.Equals(known.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } other)
            throw new DistributedApplicationException(
                $"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}' because resource of type '{other.GetType()}' with that name already exists.");

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    /// <inheritdoc />
    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    /// <inheritdoc />
    public DistributedApplication Build()
    {
        _interceptor?.OnBuilding(this);
        Services.AddSingleton(new DistributedApplicationModel(Resources));
        var application = new DistributedApplication(_host.Build(), _interceptor);
        _interceptor?.OnBuilt(application);
        return application;
    }

    private bool HasDashboard(DistributedApplicationOptions options) =>
        !options.DisableDashboard && !string.IsNullOrEmpty(Configuration["ASPNETCORE_URLS"] ?? Configuration["URLS"]);

    private void ConfigureLogging(DistributedApplicationOptions options)
    {
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = Orchestrator.StopTimeout + TimeSpan.FromSeconds(1));
        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        _host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        _host.Logging.AddFilter("Aspire.Hosting.Resources", options.DisableDashboard && !options.EnableResourceLogging ? LogLevel.None : LogLevel.Information);
    }

    private void AddServices(DistributedApplicationOptions options)
    {
        Services.TryAddSingleton(TimeProvider.System);
        Services.AddHealthChecks();
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton(LocalSettings);
        Services.AddSingleton(options);
        Services.AddSingleton(services => new ResourceLoggerService(ResourceConsole.Sink(services, toConsole: !options.DisableDashboard)));
        Services.AddSingleton(services => new ResourceNotificationService(
            LocalSettings.HasDashboard ? WaitBehavior.WaitOnResourceUnavailable : WaitBehavior.StopOnResourceUnavailable,
            services.GetRequiredService<TimeProvider>()));
        Services.AddSingleton(services => new ResourceCommandService(
            services.GetRequiredService<ResourceNotificationService>(),
            services.GetRequiredService<Func<Orchestrator>>()));
        Services.AddSingleton<HealthMonitor>();
        Services.AddSingleton<StartReport>();
        Services.AddSingleton<Orchestrator>();
        Services.AddSingleton<Func<Orchestrator>>(services => services.GetRequiredService<Orchestrator>);
        if (LocalSettings.HasDashboard)
            this.AddDashboard();
        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
    }

    private sealed class ResourceCollection : System.Collections.ObjectModel.Collection<IResource>, IResourceCollection;

    private sealed class ResourceBuilder<T>(IDistributedApplicationBuilder builder, T resource) : IResourceBuilder<T>
        where T : IResource
    {
        public IDistributedApplicationBuilder ApplicationBuilder => builder;

        public T Resource => resource;

        public IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation, ResourceAnnotationMutationBehavior behavior = ResourceAnnotationMutationBehavior.Append)
            where TAnnotation : IResourceAnnotation
        {
            if (behavior == ResourceAnnotationMutationBehavior.Replace)
            {
                foreach (var old in resource.Annotations.OfType<TAnnotation>().ToArray())
                    resource.Annotations.Remove(old);
            }

            resource.Annotations.Add(annotation);
            return this;
        }
    }
}
