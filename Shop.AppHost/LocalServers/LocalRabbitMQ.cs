using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace Shop.AppHost.LocalServers;

/// <summary>The installed RabbitMQ, as a node of its own, with a port mapper of its own that ends with it.</summary>
internal sealed class LocalRabbitMQ(RabbitMQServerResource broker) : LocalServer(broker)
{
    private const string CookieFile = ".erlang.cookie";
    private const string Management = "management";

    // Debian's program in PATH wants root and drops to its own user; the one beside the library does not.
    private static readonly string? Server =
        File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server") ? "/usr/lib/rabbitmq/bin/rabbitmq-server" : Programs.Find("rabbitmq-server");

    private Dictionary<string, string> _variables = [];

    public override string Package => "rabbitmq-server";

    public override bool IsInstalled => Server is not null && Programs.Find("epmd") is not null;

    public override IReadOnlyDictionary<string, string> Variables => _variables;

    public override async Task<IReadOnlyList<string>> PrepareAsync(string directory, bool isThrowAway, CancellationToken cancellationToken)
    {
        var hasManagement = broker.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.Name == Management);
        var cookie = Path.Combine(directory, CookieFile);
        if (!File.Exists(cookie))
            PrivateFiles.Write(cookie, RandomNumberGenerator.GetHexString(40));
        PrivateFiles.Write(Path.Combine(directory, "definitions.json"), await DefinitionsAsync(cancellationToken));
        PrivateFiles.Write(Path.Combine(directory, "enabled_plugins"), hasManagement ? "[rabbitmq_management]." : "[].");
        PrivateFiles.Write(Path.Combine(directory, "rabbitmq.conf"), Configuration(directory, hasManagement));

        _variables = new()
        {
            ["HOME"] = directory,
            ["ERL_EPMD_PORT"] = Text(FreePorts.Find()),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"{broker.Name}@localhost",
            ["RABBITMQ_NODE_PORT"] = Text(Port(broker.PrimaryEndpoint.EndpointName)),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_DIST_PORT"] = Text(FreePorts.Find()),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(directory, "rabbitmq.conf"),
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(directory, "enabled_plugins"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(directory, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(directory, "log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = Path.Combine(directory, "pid"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(directory, "generated"),
            // Two schedulers that sleep when there is nothing to do, and distribution on the loopback address only.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}",
            ["ERL_CRASH_DUMP_SECONDS"] = "0",
        };
        return ["/bin/sh", Scripts.WriteTo(directory, "rabbitmq.sh"), Server!];
    }

    public override async Task AskAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(await broker.ConnectionStringExpression.GetValueAsync(cancellationToken) ?? "") };
        await using var connection = await factory.CreateConnectionAsync("apphost", cancellationToken);
    }

    private string Configuration(string directory, bool hasManagement) => string.Join('\n',
    [
        "loopback_users.guest = true",
        $"load_definitions = {Path.Combine(directory, "definitions.json")}",
        "vm_memory_high_watermark.absolute = 512MB",
        "disk_free_limit.absolute = 100MB",
        "log.console = true",
        "log.console.level = warning",
        "log.file = false",
        // Statistics are the main work of an idle broker.
        "collect_statistics_interval = 10000",
        .. hasManagement ? (string[])["management.tcp.ip = 127.0.0.1", $"management.tcp.port = {Text(Port(Management))}"] : [],
        "",
    ]);

    private async Task<string> DefinitionsAsync(CancellationToken cancellationToken)
    {
        var user = broker.UserNameParameter is { } parameter ? await parameter.GetValueAsync(cancellationToken) : "guest";
        var password = await broker.PasswordParameter.GetValueAsync(cancellationToken) ?? "";
        return JsonSerializer.Serialize(new
        {
            users = new[]
            {
                new { name = user, password_hash = Hash(password), hashing_algorithm = "rabbit_password_hashing_sha256", tags = "administrator" },
            },
            vhosts = new[] { new { name = "/" } },
            permissions = new[] { new { user, vhost = "/", configure = ".*", write = ".*", read = ".*" } },
        });
    }

    // The broker's own format: a salt of four bytes, and SHA-256 of the salt and the password.
    private static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(4);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
