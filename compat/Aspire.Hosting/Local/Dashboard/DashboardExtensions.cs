using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Adds the dashboard to an application.</summary>
internal static class DashboardExtensions
{
    private const string TelemetryUrlKey = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    private const string GrpcUrlKey = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    private const string OpenKey = "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS";
    private const string TelemetryKeyKey = "AppHost:OtlpApiKey";
    private const string DefaultTelemetryUrl = "http://localhost:18890";
    private const string DefaultGrpcUrl = "http://localhost:18889";
    private const int KeyLength = 32;

    /// <summary>Adds the dashboard that was built with the AppHost, and what it asks the AppHost.</summary>
    public static void AddDashboard(this DistributedApplicationBuilder builder)
    {
        // An AppHost that was built without it runs without it.
        var configuration = builder.Configuration;
        if ((configuration[LocalSettings.DashboardPathKey] ?? AssemblyMetadata.Find(builder.AppHostAssembly, AssemblyMetadata.DashboardPath)) is not { } assembly || !File.Exists(assembly))
            return;

        configuration[TelemetryKeyKey] ??= RandomNumberGenerator.GetHexString(KeyLength, lowercase: true);
        var service = new ResourceServiceAddress { ApiKey = RandomNumberGenerator.GetHexString(KeyLength, lowercase: true) };
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton<ProcessUsage>();
        builder.Services.AddSingleton<ResourceStates>();
        builder.Services.AddHostedService<ResourceServiceHost>();

        var resource = new DashboardResource(DashboardResource.DefaultName, ProcessSpecs.DotnetHost(), Path.GetDirectoryName(assembly)!);
        builder.AddResource(resource)
            .WithArgs("exec", assembly)
            .WithAnnotation(Endpoint(DashboardResource.PagesEndpoint, (configuration["ASPNETCORE_URLS"] ?? configuration["URLS"])!))
            .WithAnnotation(Endpoint(DashboardResource.TelemetryEndpoint, configuration[TelemetryUrlKey] ?? DefaultTelemetryUrl))
            .WithAnnotation(Endpoint(DashboardResource.GrpcEndpoint, configuration[GrpcUrlKey] ?? DefaultGrpcUrl))
            .WithEnvironment(context =>
            {
                var variables = context.EnvironmentVariables;
                variables["ASPNETCORE_ENVIRONMENT"] = "Production";
                variables["DOTNET_ENVIRONMENT"] = "Production";
                variables["ASPNETCORE_URLS"] = resource.Pages.Url;
                variables[TelemetryUrlKey] = resource.Telemetry.Url;
                variables[GrpcUrlKey] = resource.Grpc.Url;
                variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
                variables["DASHBOARD__APPLICATIONNAME"] = Name(builder);
                variables["DASHBOARD__FRONTEND__AUTHMODE"] = configuration.GetValue(OpenKey, defaultValue: false) ? "Unsecured" : "BrowserToken";
                variables["DASHBOARD__FRONTEND__BROWSERTOKEN"] = configuration["AppHost:BrowserToken"]!;
                variables["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
                variables["DASHBOARD__OTLP__PRIMARYAPIKEY"] = configuration[TelemetryKeyKey]!;
                variables["DASHBOARD__RESOURCESERVICECLIENT__URL"] = service.Url!.ToString();
                variables["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = service.ApiKey;
            })
            .WithHttpHealthCheck("/login")
            .OnBeforeResourceStarted((_, _, _) =>
            {
                configuration["ASPNETCORE_URLS"] = resource.Pages.Url; // Where it is, for whoever wants to say so.
                return Task.CompletedTask;
            })
            .OnResourceReady((_, ready, _) =>
            {
                ready.Services.GetRequiredService<ResourceLoggerService>().GetLogger(ResourceConsole.AppHost).LogInformation("{Line}", configuration.GetValue(OpenKey, defaultValue: false)
                    ? $"The dashboard is at {resource.Pages.Url}"
                    : $"Login to the dashboard at {resource.Pages.Url}/login?t={configuration["AppHost:BrowserToken"]}");
                return Task.CompletedTask;
            });
    }

    private static EndpointAnnotation Endpoint(string name, string declared) =>
        new(ProtocolType.Tcp, "http", name: name, port: new Uri(declared.Split(';')[0]).Port, isProxied: true);

    // "Shop.AppHost" runs the application "Shop".
    private static string Name(DistributedApplicationBuilder builder)
    {
        var name = builder.AppHostAssembly?.GetName().Name ?? "Aspire";
        return name.EndsWith(".AppHost", StringComparison.Ordinal) ? name[..^".AppHost".Length] : name;
    }
}
