namespace Shop.AppHost;

/// <summary>The development shop speaks HTTP and plain TCP, on the loopback addresses.</summary>
internal static class PlainText
{
    /// <summary>
    /// Has nothing use the development certificate. On a machine with a trusted one Aspire would have Redis speak TLS in a container,
    /// and not as a process; about a machine without one the dashboard would complain on every page.
    /// </summary>
    public static void UseNoCertificates(this IDistributedApplicationBuilder builder) => builder.Eventing.Subscribe<BeforeStartEvent>((starting, _) =>
    {
#pragma warning disable ASPIRECERTIFICATES001 // May still change in a later version of Aspire.
        foreach (var resource in starting.Model.Resources)
            resource.Annotations.Add(new HttpsCertificateAnnotation { UseDeveloperCertificate = false });
#pragma warning restore ASPIRECERTIFICATES001
        return Task.CompletedTask;
    });
}
