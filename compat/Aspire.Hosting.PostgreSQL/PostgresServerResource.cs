namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server.</summary>
public class PostgresServerResource : ContainerResource, IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";
    internal const string DefaultUserName = "postgres";

    private readonly Dictionary<string, string> _databases = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Declares a server.</summary>
    /// <param name="name">The name of the resource.</param>
    /// <param name="userName">The name of its administrator; <c>postgres</c> when not given.</param>
    /// <param name="password">The password of its administrator.</param>
    public PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
        : base(name)
    {
        PrimaryEndpoint = new EndpointReference(this, PrimaryEndpointName);
        UserNameParameter = userName;
        PasswordParameter = password;
    }

    /// <summary>Where it listens.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <summary>The host.</summary>
    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    /// <summary>The port.</summary>
    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    /// <summary>The name of its administrator, when given.</summary>
    public ParameterResource? UserNameParameter { get; set; }

    /// <summary>The password of its administrator.</summary>
    public ParameterResource PasswordParameter { get; set; }

    /// <summary>The name of its administrator.</summary>
    public ReferenceExpression UserNameReference => UserNameParameter is not null
        ? ReferenceExpression.Create($"{UserNameParameter}")
        : ReferenceExpression.Create($"{DefaultUserName}");

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Host={Host};Port={Port};Username={UserNameReference};Password={PasswordParameter}");

    /// <summary>The URI, <c>postgresql://user:password@host:port</c>.</summary>
    public ReferenceExpression UriExpression => UserNameParameter is not null
        ? ReferenceExpression.Create($"postgresql://{UserNameParameter:uri}:{PasswordParameter:uri}@{Host}:{Port}")
        : ReferenceExpression.Create($"postgresql://{DefaultUserName}:{PasswordParameter:uri}@{Host}:{Port}");

    /// <summary>The databases: the name of each by the name of its resource.</summary>
    public IReadOnlyDictionary<string, string> Databases => _databases;

    internal void AddDatabase(string name, string databaseName) => _databases.TryAdd(name, databaseName);

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() => ConnectionProperties(null);

    internal IEnumerable<KeyValuePair<string, ReferenceExpression>> ConnectionProperties(string? database)
    {
        yield return new("Host", ReferenceExpression.Create($"{Host}"));
        yield return new("Port", ReferenceExpression.Create($"{Port}"));
        yield return new("Username", UserNameReference);
        yield return new("Password", ReferenceExpression.Create($"{PasswordParameter}"));
        if (database is null)
        {
            yield return new("Uri", UriExpression);
            yield return new("JdbcConnectionString", ReferenceExpression.Create($"jdbc:postgresql://{Host}:{Port}"));
        }
        else
        {
            var user = UserNameParameter is null ? DefaultUserName : null;
            yield return new("Uri", user is null
                ? ReferenceExpression.Create($"postgresql://{UserNameParameter!:uri}:{PasswordParameter:uri}@{Host}:{Port}/{database:uri}")
                : ReferenceExpression.Create($"postgresql://{user}:{PasswordParameter:uri}@{Host}:{Port}/{database:uri}"));
            yield return new("JdbcConnectionString", ReferenceExpression.Create($"jdbc:postgresql://{Host}:{Port}/{database:uri}"));
            yield return new("DatabaseName", ReferenceExpression.Create($"{database}"));
        }
    }
}

/// <summary>A database of a PostgreSQL server.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="databaseName">The name of the database.</param>
/// <param name="postgresParentResource">The server.</param>
public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
    : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
{
    /// <inheritdoc />
    public PostgresServerResource Parent { get; } = postgresParentResource;

    /// <summary>The name of the database.</summary>
    public string DatabaseName { get; } = databaseName;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={DatabaseName}");

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() => Parent.ConnectionProperties(DatabaseName);
}
