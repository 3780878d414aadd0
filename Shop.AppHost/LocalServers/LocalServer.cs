namespace Shop.AppHost.LocalServers;

/// <summary>One server that is installed on this machine: what it needs to run as a process instead of in a container.</summary>
/// <param name="resource">The server, as it was declared.</param>
internal abstract class LocalServer(IResourceWithConnectionString resource)
{
    /// <summary>The server as it was declared, which is not in the model.</summary>
    public IResourceWithConnectionString Resource => resource;

    /// <summary>Its commands and links in the dashboard.</summary>
    public IEnumerable<IResourceAnnotation> ShownAnnotations =>
        resource.Annotations.Where(annotation => annotation is ResourceCommandAnnotation or ResourceUrlsCallbackAnnotation or ResourceUrlAnnotation);

    /// <summary>The name of the resource, which is that of its directory too.</summary>
    public string Name => resource.Name;

    /// <summary>The Debian package that brings it.</summary>
    public abstract string Package { get; }

    /// <summary>Whether its programs are on this machine.</summary>
    public abstract bool IsInstalled { get; }

    /// <summary>The signal on which it stops soon and well.</summary>
    public virtual string StopSignal => "TERM";

    /// <summary>What was declared for its container and goes for its program as well.</summary>
    public virtual IEnumerable<CommandLineArgsCallbackAnnotation> DeclaredArguments => [];

    /// <summary>What its program finds in its environment.</summary>
    public virtual IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>();

    /// <summary>Makes everything that it needs to start, once the ports are known.</summary>
    /// <param name="directory">Its own directory, which holds what an earlier start left.</param>
    /// <param name="isThrowAway">Whether the data is deleted at the end, so that it need not survive a power failure.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The program and its arguments.</returns>
    /// <exception cref="DistributedApplicationException">What a person has to put right.</exception>
    public abstract Task<IReadOnlyList<string>> PrepareAsync(string directory, bool isThrowAway, CancellationToken cancellationToken);

    /// <summary>Asks the server for something, to see whether it answers.</summary>
    /// <exception cref="Exception">It does not; the client's own exception says why.</exception>
    public abstract Task AskAsync(CancellationToken cancellationToken);

    /// <summary>Makes what belongs to the server in the model, when it answers for the first time since its start.</summary>
    /// <param name="children">The resources whose parent it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public virtual Task CreateAsync(IEnumerable<IResource> children, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The port that one of its endpoints was given.</summary>
    protected int Port(string endpoint) => resource.Annotations.OfType<EndpointAnnotation>().Single(annotation => annotation.Name == endpoint).Port
        ?? throw new InvalidOperationException($"{Name} has no port for {endpoint} yet.");
}
