using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Resolves service names from configuration; names that are not there are passed through as they are.</summary>
public sealed class ServiceEndpointResolver : IAsyncDisposable
{
    // Names come from code, not from users; beyond this many they are resolved without being remembered.
    private const int MaxRemembered = 1024;

    private readonly IConfiguration _configuration;
    private readonly ConfigurationServiceEndpointProviderOptions _providerOptions;
    private readonly ServiceDiscoveryOptions _options;
    private readonly ConcurrentDictionary<string, ServiceEndpointSource> _sources = new(StringComparer.OrdinalIgnoreCase);

    internal ServiceEndpointResolver(
        IConfiguration configuration,
        IOptions<ConfigurationServiceEndpointProviderOptions> providerOptions,
        IOptions<ServiceDiscoveryOptions> options)
    {
        _configuration = configuration;
        _providerOptions = providerOptions.Value;
        _options = options.Value;
    }

    /// <summary>The endpoints of <paramref name="serviceName"/>, such as <c>https+http://_admin.orders</c>.</summary>
    /// <exception cref="InvalidOperationException">The text is not a service name.</exception>
    public ValueTask<ServiceEndpointSource> GetEndpointsAsync(string serviceName, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceName);
        cancellationToken.ThrowIfCancellationRequested();

        if (_sources.TryGetValue(serviceName, out var known) && !known.ChangeToken.HasChanged)
            return new(known);

        // The token first: a reload while reading makes the result stale at once, and it is read again.
        var changeToken = _configuration.GetReloadToken();
        var name = ServiceName.Parse(serviceName);
        var endpoints = FromConfiguration(name);
        if (endpoints.Count == 0)
            endpoints.Add(ServiceEndpoint.Create(new DnsEndPoint(name.AuthorityHost, name.Port)));

        var source = new ServiceEndpointSource(endpoints, changeToken, new FeatureCollection());
        if (_sources.Count < MaxRemembered || _sources.ContainsKey(serviceName))
            _sources[serviceName] = source;
        return new(source);
    }

    /// <summary>Forgets what was resolved.</summary>
    public ValueTask DisposeAsync()
    {
        _sources.Clear();
        return default;
    }

    private List<ServiceEndpoint> FromConfiguration(ServiceName name)
    {
        var service = _configuration.GetSection(_providerOptions.SectionName).GetSection(name.Service);
        if (!service.Exists())
            return [];

        // A named endpoint, or else the first of the wanted schemes that the service has.
        var section = name.Endpoint is not null
            ? service.GetSection(name.Endpoint)
            : name.Schemes.Where(IsAllowed).Append("default").Select(service.GetSection).FirstOrDefault(HasAddresses)
                ?? service;

        var scheme = name.Endpoint is null && name.Schemes.Contains(section.Key, StringComparer.OrdinalIgnoreCase)
            ? section.Key
            : name.Schemes.Count > 0 ? name.Schemes[0] : "http";

        var uris = Addresses(section).Select(address => Parse(address, scheme, section.Path)).ToList();

        // An endpoint that gives its own scheme is left out when the caller did not ask for that scheme.
        if (name.Endpoint is not null && name.Schemes.Count > 0)
        {
            var best = name.Schemes.FirstOrDefault(wanted => uris.Exists(uri => uri.Scheme == wanted));
            uris.RemoveAll(uri => uri.Scheme != best);
        }

        return uris.ConvertAll(uri => ServiceEndpoint.Create(new UriEndPoint(uri)));
    }

    private bool IsAllowed(string scheme) =>
        _options.AllowAllSchemes || _options.AllowedSchemes.Contains(scheme, StringComparer.OrdinalIgnoreCase);

    private static bool HasAddresses(IConfigurationSection section) => Addresses(section).Any();

    private static IEnumerable<string> Addresses(IConfigurationSection section) =>
        section.Value is { Length: > 0 } single
            ? [single]
            : section.GetChildren().Select(child => child.Value).Where(value => !string.IsNullOrEmpty(value)).Cast<string>();

    private static Uri Parse(string address, string scheme, string path)
    {
        var full = address.Contains("://", StringComparison.Ordinal) ? address : $"{scheme}://{address.TrimStart('/')}";
        return Uri.TryCreate(full, UriKind.Absolute, out var uri) && uri.Host.Length > 0
            ? uri
            : throw new InvalidOperationException($"'{address}' in configuration section '{path}' is not an endpoint address.");
    }
}
