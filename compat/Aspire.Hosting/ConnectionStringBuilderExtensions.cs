using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds connection strings made of the values of other resources.</summary>
public static class ConnectionStringBuilderExtensions
{
    /// <summary>Adds a connection string made of the values of other resources; it waits until they have started.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="connectionStringExpression">The connection string.</param>
    /// <returns>The connection string.</returns>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var connectionString = builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

        var referenced = connectionStringExpression.ValueProviders
            .SelectMany(value => value is IResource ? [value] : (value as IValueWithReferences)?.References ?? [])
            .SelectMany(reference => reference is EndpointReference endpoint ? [endpoint.Resource] : new[] { reference })
            .OfType<IResource>()
            .Where(resource => resource is not IResourceWithoutLifetime)
            .Distinct();
        foreach (var resource in referenced)
            connectionString.WaitForStart(builder.CreateResourceBuilder(resource));

        return connectionString;
    }
}
