using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Local;

/// <summary>The dashboard: a process like any other, which nothing waits for and nothing needs.</summary>
internal sealed class DashboardResource(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory)
{
    /// <summary>The name that the real package gives it.</summary>
    public const string DefaultName = "aspire-dashboard";

    /// <summary>The endpoint of the pages.</summary>
    public const string PagesEndpoint = "http";

    /// <summary>The endpoint that takes telemetry by HTTP.</summary>
    public const string TelemetryEndpoint = "otlp-http";

    /// <summary>The endpoint that takes telemetry by gRPC.</summary>
    public const string GrpcEndpoint = "otlp-grpc";

    public EndpointReference Pages => new(this, PagesEndpoint);

    public EndpointReference Telemetry => new(this, TelemetryEndpoint);

    public EndpointReference Grpc => new(this, GrpcEndpoint);
}
