namespace Aspire.Hosting.Testing;

/// <summary>The application of an AppHost, which a test may change before it is built.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Lets the entry point of the AppHost finish the declaration.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The application, not started yet.</returns>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
