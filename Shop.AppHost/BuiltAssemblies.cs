namespace Shop.AppHost;

/// <summary>How the services are started.</summary>
internal static class BuiltAssemblies
{
    /// <summary>
    /// Starts each service's assembly, which was built with the AppHost, instead of <c>dotnet run</c>: that would first evaluate the
    /// project and then stay as a second process, for each replica. An IDE that debugs the services starts them its own way.
    /// </summary>
    public static void StartBuiltAssemblies(this IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration["DEBUG_SESSION_PORT"] is not null)
            return;

        // artifacts/bin/<project>/<configuration>/: the AppHost, or the tests that have it beside them, are in such a directory too.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            var name = Path.GetFileNameWithoutExtension(project.GetProjectMetadata().ProjectPath);
            var assembly = Path.Combine(own.Parent!.Parent!.FullName, name, own.Name, $"{name}.dll");
#pragma warning disable ASPIREPROJECTS001 // The annotation may still change in a later version of Aspire.
            project.Annotations.Add(new ProjectLaunchArgsOverrideAnnotation([assembly]));
#pragma warning restore ASPIREPROJECTS001
        }
    }
}
