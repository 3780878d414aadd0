namespace Aspire.Hosting.ApplicationModel;

/// <summary>A RabbitMQ broker.</summary>
public class RabbitMQServerResource : ContainerResource, IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";
    internal const string ManagementEndpointName = "management";
    internal const string DefaultUserName = "guest";

    /// <summary>Declares a broker.</summary>
    /// <param name="name">The name of the resource.</param>
    /// <param name="userName">The name of its user; <c>guest</c> when not given.</param>
    /// <param name="password">The password of its user.</param>
    public RabbitMQServerResource(string name, ParameterResource? userName, ParameterResource password)
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

    /// <summary>The name of its user, when given.</summary>
    public ParameterResource? UserNameParameter { get; }

    /// <summary>The password of its user.</summary>
    public ParameterResource PasswordParameter { get; }

    /// <summary>The URI, <c>amqp://user:password@host:port</c>.</summary>
    public ReferenceExpression UriExpression => ConnectionStringExpression;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => UserNameParameter is not null
        ? ReferenceExpression.Create($"amqp://{UserNameParameter:uri}:{PasswordParameter:uri}@{Host}:{Port}")
        : ReferenceExpression.Create($"amqp://{DefaultUserName}:{PasswordParameter:uri}@{Host}:{Port}");

    internal ReferenceExpression UserNameReference => UserNameParameter is not null
        ? ReferenceExpression.Create($"{UserNameParameter}")
        : ReferenceExpression.Create($"{DefaultUserName}");

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{Host}")),
        new("Port", ReferenceExpression.Create($"{Port}")),
        new("Username", UserNameReference),
        new("Password", ReferenceExpression.Create($"{PasswordParameter}")),
        new("Uri", UriExpression),
    ];
}
