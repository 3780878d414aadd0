using Aspire.Hosting.ApplicationModel;
using Aspire.ResourceService;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Local;

/// <summary>Puts together what the dashboard is told about each resource.</summary>
internal sealed class ResourceStates(DistributedApplicationModel model, ResourceNotificationService notifications, ProcessUsage usage, Func<Orchestrator> orchestrator)
{
    private const string ParameterValue = "value";
    private const int ShortestSecret = 6;

    // What is called so is a secret whatever it was made of.
    private static readonly string[] SecretNames = ["PASSWORD", "SECRET", "TOKEN", "KEY", "HEADERS", "COOKIE", "CONNECTIONSTRING", "_URI"];

    public ResourceState[] Read()
    {
        var known = Visible().ToArray();
        var used = usage.Read([.. known.Select(ProcessId).OfType<int>()]);
        var secrets = Secrets();
        return [.. known.OrderBy(state => state.ResourceId, StringComparer.Ordinal).Select(state => Describe(state, used, secrets))];
    }

    public bool IsKnown(string name) => Visible().Any(state => string.Equals(state.Resource.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of a variable of a resource, secret or not.</summary>
    public string? FindVariable(string id, string variable) => Visible()
        .Where(state => string.Equals(state.ResourceId, id, StringComparison.OrdinalIgnoreCase))
        .SelectMany(Variables)
        .FirstOrDefault(candidate => candidate.Name == variable)?.Value;

    private IEnumerable<ResourceEvent> Visible() => notifications.Current.Where(state => state.Resource is not DashboardResource);

    private ResourceState Describe(ResourceEvent state, IReadOnlyDictionary<int, ProcessUse> used, IReadOnlyList<string> secrets)
    {
        var snapshot = state.Snapshot;
        var use = ProcessId(state) is { } process ? used.GetValueOrDefault(process) : null;
        return new ResourceState
        {
            Id = state.ResourceId,
            Name = state.Resource.Name,
            Type = snapshot.ResourceType,
            State = snapshot.State?.Text ?? KnownResourceStates.NotStarted,
            ExitCode = snapshot.ExitCode,
            Health = snapshot.HealthStatus?.ToString(),
            Checks = [.. snapshot.HealthReports.Select(report => new ResourceCheck(
                report.Name, report.Status?.ToString(), report.Status is HealthStatus.Healthy or null ? report.Description : report.Description ?? report.ExceptionText))],
            StartedAt = snapshot.StartTimeStamp,
            StoppedAt = snapshot.StopTimeStamp,
            Source = Source(state),
            Endpoints = [.. snapshot.Urls.Where(url => !url.IsInternal).Select(url => new ResourceEndpoint(url.Name ?? "", url.Url))],
            Environment = [.. Variables(state).OrderBy(variable => variable.Name, StringComparer.Ordinal)
                .Select(variable => new ResourceVariable(variable.Name, IsSecret(state.Resource, variable, secrets) ? null : variable.Value ?? ""))],
            ProcessId = ProcessId(state),
            Cpu = use?.Cpu,
            Memory = use?.Memory,
            Relations = [.. Relations(state.Resource).Distinct()],
            Commands = Commands(state),
        };
    }

    private static int? ProcessId(ResourceEvent state) =>
        state.Snapshot.StopTimeStamp is null ? state.Snapshot.Properties.FirstOrDefault(property => property.Name == KnownProperties.Executable.Pid)?.Value as int? : null;

    private static string? Source(ResourceEvent state) => state.Resource switch
    {
        ProjectResource project when project.TryGetLastAnnotation<IProjectMetadata>(out var metadata) => metadata.ProjectPath,
        ExecutableResource executable => executable.Command,
        _ => state.Snapshot.Properties.FirstOrDefault(property => property.Name == KnownProperties.Executable.Path)?.Value as string,
    };

    private static IEnumerable<EnvironmentVariableSnapshot> Variables(ResourceEvent state) => state.Resource is ParameterResource parameter
        ? ValueOf(parameter) is { } value ? [new EnvironmentVariableSnapshot(ParameterValue, value, true)] : []
        : state.Snapshot.EnvironmentVariables;

    private static bool IsSecret(IResource resource, EnvironmentVariableSnapshot variable, IReadOnlyList<string> secrets) => resource is ParameterResource parameter
        ? parameter.Secret
        : SecretNames.Any(name => variable.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            || secrets.Any(secret => variable.Value?.Contains(secret, StringComparison.Ordinal) == true);

    /// <summary>The values of all secret parameters: what holds one of them is a secret too.</summary>
    private string[] Secrets() => [.. model.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret)
        .Select(ValueOf).OfType<string>().Where(value => value.Length >= ShortestSecret)];

    private static string? ValueOf(ParameterResource parameter)
    {
        try
        {
            return parameter.Value;
        }
        catch (MissingParameterValueException)
        {
            // Its state says so.
            return null;
        }
    }

    private static IEnumerable<ResourceRelation> Relations(IResource resource)
    {
        if (resource is IResourceWithParent child)
            yield return new ResourceRelation(child.Parent.Name, "Parent");
        foreach (var relationship in resource.Annotations.OfType<ResourceRelationshipAnnotation>())
            yield return new ResourceRelation(relationship.Resource.Name, relationship.Type);
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
            yield return new ResourceRelation(wait.Resource.Name, "WaitFor");
    }

    private IReadOnlyList<string> Commands(ResourceEvent state)
    {
        if (orchestrator().FindInstance(state.ResourceId) is null)
            return [];

        var text = state.Snapshot.State?.Text;
        return text == KnownResourceStates.Running ? [KnownResourceCommands.RestartCommand, KnownResourceCommands.StopCommand]
            : text == KnownResourceStates.Starting || text == KnownResourceStates.Waiting || text == KnownResourceStates.Stopping ? [KnownResourceCommands.StopCommand]
            : [KnownResourceCommands.StartCommand];
    }
}
