using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;

namespace Aspire.Hosting.RabbitMQ;

/// <summary>Runs the installed RabbitMQ as a node of its own, with an own port mapper that ends with it.</summary>
internal sealed class LocalRabbitMQ(RabbitMQServerResource broker) : LocalServer
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string CookieFile = ".erlang.cookie";

    // The port mapper is in the process group of the broker, so nothing of it outlives the broker.
    // When the broker stops, its management agent asks the very process that is stopping it to change a setting, and gives
    // up after 5 seconds. Taken out before, while that process still answers, it costs half a second.
    private const string Script =
        """
        epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
        "$0" &
        server=$!
        trap '
          erl -noinput -hidden -sname "stop-$$@localhost" -kernel inet_dist_use_interface "{127,0,0,1}" -eval \
            "rpc:call(list_to_atom(os:getenv(\"RABBITMQ_NODENAME\")), gen_event, delete_handler, [rabbit_event, rabbit_mgmt_db_handler, stop], 2000), halt()."
          kill -TERM $server' TERM
        wait $server; code=$?
        while kill -0 $server 2>/dev/null; do wait $server; code=$?; done
        exit $code
        """;

    private int? _mapperPort;
    private int? _distributionPort;

    public override string Package => "rabbitmq-server";

    // Debian's program in PATH wants root and drops to its own user; the one beside the library does not.
    public override bool IsInstalled => FindServer() is not null && ProcessLauncher.Find("epmd") is not null;

    public override async Task<ProcessSpec> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        var home = context.DataDirectory;
        _mapperPort ??= context.Ports.TakeAny();
        _distributionPort ??= context.Ports.TakeAny();
        var hasManagement = broker.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.Name == RabbitMQServerResource.ManagementEndpointName);

        WriteCookie(home);
        PrivateFile.Write(Path.Combine(home, "definitions.json"), await DefinitionsAsync(cancellationToken).ConfigureAwait(false));
        PrivateFile.Write(Path.Combine(home, "enabled_plugins"), hasManagement ? "[rabbitmq_management]." : "[].");
        PrivateFile.Write(Path.Combine(home, "rabbitmq.conf"), Configuration(context, home, hasManagement));

        return new ProcessSpec
        {
            FileName = "/bin/sh",
            Arguments = ["-c", Script, FindServer()!],
            WorkingDirectory = home,
            Environment = new Dictionary<string, string?>
            {
                ["HOME"] = home,
                ["ERL_EPMD_PORT"] = Text(_mapperPort.Value),
                ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
                ["RABBITMQ_NODENAME"] = $"{broker.Name}@localhost",
                ["RABBITMQ_NODE_PORT"] = Text(context.Port(RabbitMQServerResource.PrimaryEndpointName)),
                ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
                ["RABBITMQ_DIST_PORT"] = Text(_distributionPort.Value),
                ["RABBITMQ_CONFIG_FILE"] = Path.Combine(home, "rabbitmq.conf"),
                ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(home, "enabled_plugins"),
                ["RABBITMQ_MNESIA_BASE"] = Path.Combine(home, "mnesia"),
                ["RABBITMQ_LOG_BASE"] = Path.Combine(home, "log"),
                ["RABBITMQ_LOGS"] = "-",
                ["RABBITMQ_PID_FILE"] = Path.Combine(home, "pid"),
                ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(home, "generated"),
                // Two schedulers that sleep when there is nothing to do, and distribution on the loopback address only.
                ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
                    "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}",
                ["ERL_CRASH_DUMP_SECONDS"] = "0",
            },
        };
    }

    private static string Configuration(LocalServerContext context, string home, bool hasManagement)
    {
        var lines = new List<string>
        {
            "loopback_users.guest = true",
            $"load_definitions = {Path.Combine(home, "definitions.json")}",
            "vm_memory_high_watermark.absolute = 512MB",
            "disk_free_limit.absolute = 100MB",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
            // Statistics are the main work of an idle broker.
            "collect_statistics_interval = 10000",
        };
        if (hasManagement)
        {
            lines.Add("management.tcp.ip = 127.0.0.1");
            lines.Add($"management.tcp.port = {Text(context.Port(RabbitMQServerResource.ManagementEndpointName))}");
        }

        return string.Join('\n', lines) + "\n";
    }

    private async Task<string> DefinitionsAsync(CancellationToken cancellationToken)
    {
        var user = await broker.UserNameReference.GetValueAsync(cancellationToken).ConfigureAwait(false);
        var password = await broker.PasswordParameter.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? "";
        return JsonSerializer.Serialize(new
        {
            users = new[] { new { name = user, password_hash = Hash(password), hashing_algorithm = "rabbit_password_hashing_sha256", tags = "administrator" } },
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

    private static void WriteCookie(string home)
    {
        var path = Path.Combine(home, CookieFile);
        if (!File.Exists(path))
            PrivateFile.Write(path, RandomNumberGenerator.GetHexString(40));
    }

    private static string? FindServer() => File.Exists(Server) ? Server : ProcessLauncher.Find("rabbitmq-server");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
