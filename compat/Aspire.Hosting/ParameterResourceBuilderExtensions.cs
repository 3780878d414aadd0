using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adds parameters and connection strings that are given from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter that is read from the configuration key <c>Parameters:{name}</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="secret">Whether the value is a secret.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ParameterResource(name, fallback => Read(builder, name, null, fallback), secret));
    }

    /// <summary>Adds a parameter with a value.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="value">The value.</param>
    /// <param name="publishValueAsDefault">Whether the value is written to a manifest.</param>
    /// <param name="secret">Whether the value is a secret.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a parameter with a value that is computed.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="valueGetter">Computes the value.</param>
    /// <param name="publishValueAsDefault">Whether the value is written to a manifest.</param>
    /// <param name="secret">Whether the value is a secret.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(valueGetter);
        if (publishValueAsDefault && secret)
            throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret));

        return builder.AddResource(new ParameterResource(name, _ => valueGetter(), secret));
    }

    /// <summary>Adds a parameter that has a default when it is not configured.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="value">The default.</param>
    /// <param name="secret">Whether the value is a secret.</param>
    /// <param name="persist">Whether the default is kept in the AppHost's user secrets, so that it stays the same.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (persist)
            value = new UserSecretsParameterDefault(builder.Local().Secrets, $"Parameters:{name}", value);
        return builder.AddResource(new ParameterResource(name, _ => Read(builder, name, null, value), secret) { Default = value });
    }

    /// <summary>Adds a parameter that is read from a configuration key.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="configurationKey">The key.</param>
    /// <param name="secret">Whether the value is a secret.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ParameterResource(name, fallback => Read(builder, name, configurationKey, fallback), secret));
    }

    /// <summary>Says what a parameter is for.</summary>
    /// <param name="builder">The parameter.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="enableMarkdown">Whether the text is Markdown.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.Description = description;
        return builder;
    }

    /// <summary>Adds a connection string that is read from the configuration key <c>ConnectionStrings:{name}</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="environmentVariableName">The variable that carries it to those who refer to it.</param>
    /// <returns>The connection string.</returns>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = new ConnectionStringParameterResource(
            name,
            _ => builder.Configuration.GetConnectionString(name)
                ?? throw new MissingParameterValueException($"Connection string parameter resource could not be used because connection string '{name}' is missing: set ConnectionStrings__{name}."),
            environmentVariableName);
        return builder.AddResource<IResourceWithConnectionString>(resource);
    }

    /// <summary>A generated password, kept in the AppHost's user secrets.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="special">Whether it has characters other than letters and digits.</param>
    /// <returns>The parameter.</returns>
    public static ParameterResource CreateDefaultPasswordParameter(IDistributedApplicationBuilder builder, string name, bool special = true)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var generated = new UserSecretsParameterDefault(
            builder.Local().Secrets,
            $"Parameters:{name}",
            new GenerateParameterDefault { MinLength = 22, Special = special });
        return new ParameterResource(name, _ => Read(builder, name, null, generated), secret: true) { Default = generated };
    }

    internal static DistributedApplicationBuilder Local(this IDistributedApplicationBuilder builder) => builder switch
    {
        DistributedApplicationBuilder local => local,
        IDistributedApplicationBuilderWrapper wrapper => wrapper.Inner,
        _ => throw new InvalidOperationException($"{builder.GetType()} is not a builder of this package."),
    };

    private static string Read(IDistributedApplicationBuilder builder, string name, string? configurationKey, ParameterDefault? fallback)
    {
        var key = configurationKey ?? $"Parameters:{name}";

        // An environment variable cannot have a hyphen in its name.
        return builder.Configuration[key]
            ?? builder.Configuration[key.Replace('-', '_')]
            ?? fallback?.GetDefaultValue()
            ?? throw new MissingParameterValueException(
                $"Parameter resource could not be used because configuration key '{key}' is missing and the Parameter has no default value: set {key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_')}.");
    }

    private sealed class ConnectionStringParameterResource(string name, Func<ParameterDefault?, string> callback, string? environmentVariableName)
        : ParameterResource(name, callback, secret: true), IResourceWithConnectionString
    {
        public string? ConnectionStringEnvironmentVariable => environmentVariableName;

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{this}");

        ValueTask<string?> IResourceWithConnectionString.GetConnectionStringAsync(CancellationToken cancellationToken) => GetValueAsync(cancellationToken);

        ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetValueAsync(cancellationToken);
    }
}

/// <summary>A builder that adds something to that of this package.</summary>
internal interface IDistributedApplicationBuilderWrapper
{
    DistributedApplicationBuilder Inner { get; }
}
