namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>A parsed service name: <c>[scheme[+scheme]://][_endpoint.]service[:port]</c>.</summary>
/// <param name="Service">The service, or the host to pass through.</param>
/// <param name="Endpoint">The named endpoint, or <see langword="null"/> for the one that the scheme names.</param>
/// <param name="Schemes">The wanted schemes, best first; empty when the name has none.</param>
/// <param name="Port">The port, or 0.</param>
internal sealed record ServiceName(string Service, string? Endpoint, IReadOnlyList<string> Schemes, int Port)
{
    /// <exception cref="InvalidOperationException">The text is not a service name.</exception>
    public static ServiceName Parse(string text)
    {
        // A scheme such as https+http is one that Uri accepts.
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"any://{text}";
        if (!Uri.TryCreate(full, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new InvalidOperationException($"'{text}' is not a service name.");

        IReadOnlyList<string> schemes = ReferenceEquals(full, text) ? uri.Scheme.Split('+') : [];
        var port = uri.IsDefaultPort ? 0 : uri.Port;
        var dot = uri.Host.IndexOf('.', StringComparison.Ordinal);
        return uri.Host.StartsWith('_') && dot > 1
            ? new ServiceName(uri.Host[(dot + 1)..], uri.Host[1..dot], schemes, port)
            : new ServiceName(uri.Host, null, schemes, port);
    }

    /// <summary>The address of a name that is no service: itself.</summary>
    public string AuthorityHost => Endpoint is null ? Service : $"_{Endpoint}.{Service}";
}
