using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Shop.Rig.Invariants;
using Shop.Rig.Setup;

namespace Shop.Rig.Chaos;

/// <summary>The shop as the rig attacks it: two replicas of every service, proxies in between, short waits, and a watcher in every process.</summary>
internal sealed class ChaosShop : IAsyncDisposable
{
    private const int Replicas = 2;

    /// <summary>
    /// The waits before the retries of a failed delivery, in milliseconds. As in production they outlast the 20 s in which the
    /// broker notices that a consumer no longer answers: what one message needs may be in the hands of that consumer.
    /// </summary>
    private static IReadOnlyList<int> RetryDelays { get; } = [200, 1_000, 25_000];

    /// <summary>
    /// The waits of the shop, short enough for all of them to happen within a run; every relation that the options ask for
    /// is kept. A stopped replica outlives its lease, and an unpaid order its deadline.
    /// </summary>
    private static readonly string[] Settings =
    [
        "--Messaging:LeaseSeconds=4",
        "--Messaging:ConfirmSeconds=2",
        "--Messaging:IdlePollSeconds=2",
        .. RetryDelays.Select((delay, index) => $"--Messaging:RetryDelaysMilliseconds:{index}={delay}"),
    ];

    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> ServiceSettings =
        new()
        {
            [Names.Auth] = new Dictionary<string, string> { ["Auth__AccessTokenMinutes"] = "600" },
            [Names.Catalog] = new Dictionary<string, string>
            {
                ["Reservations__LifetimeSeconds"] = "60",
                ["Reservations__GraceSeconds"] = "15",
                ["Reservations__ExpiryIntervalSeconds"] = "2",
            },
            [Names.Orders] = new Dictionary<string, string>
            {
                ["Orders__PaymentDeadline"] = "00:00:45",
                ["Orders__OrchestrationDeadline"] = "00:01:00",
                ["Orders__NotificationDeadline"] = "00:10:00",
                ["Orders__RecoveryInterval"] = "00:00:02",
            },
            [Names.Payments] = new Dictionary<string, string>(),
            [Names.Notifications] = new Dictionary<string, string> { ["Delivery__LeaseSeconds"] = "30", ["Delivery__PollSeconds"] = "2" },
        };

    private static readonly string[] Deadlines = ["Orders__PaymentDeadline", "Reservations__LifetimeSeconds"];

    private readonly ServiceLogs _logs;

    private ChaosShop(ThrowawayShop shop, string directory, Network network)
    {
        (Shop, Directory, Network) = (shop, directory, network);
        Fleet = new Fleet(shop.App);
        _logs = new ServiceLogs(shop.App, Path.Combine(directory, "logs"));
    }

    public ThrowawayShop Shop { get; }

    /// <summary>Where the logs, the witnesses' notes and the orders to the watchers are.</summary>
    public string Directory { get; }

    public Network Network { get; }

    public Fleet Fleet { get; }

    /// <summary>Starts everything and waits until every replica is healthy.</summary>
    /// <param name="isPatient">Whether unpaid orders wait as long as in production, instead of expiring within the run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ChaosShop> StartAsync(bool isPatient = false, CancellationToken cancellationToken = default)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("shop-chaos-").FullName;
        foreach (var part in (string[])["logs", "witness", "orders"])
            System.IO.Directory.CreateDirectory(Path.Combine(directory, part));
        var network = new Network();
        var shop = await ThrowawayShop.StartAsync(Replicas, builder => Configure(builder, network, directory, isPatient), Settings, cancellationToken);
        shop.StartWithoutWaiting();
        var chaos = new ChaosShop(shop, directory, network);
        try
        {
            await chaos.StartAllAsync(cancellationToken);
            return chaos;
        }
        catch
        {
            await chaos.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts whatever does not run, the servers first.</summary>
    public async Task StartAllAsync(CancellationToken cancellationToken)
    {
        foreach (var names in (IEnumerable<IReadOnlyList<string>>)[Names.Servers, Names.Services])
            await Task.WhenAll(names.SelectMany(Fleet.CopiesOf).Select(copy => Fleet.RequireAsync(copy, cancellationToken)));
    }

    /// <summary>Reads what the shop, the tap and the watchers know.</summary>
    public EvidenceReader CreateReader() => new(Shop, RetryDelays) { OwnQueues = [Tap.Queue], Notes = Path.Combine(Directory, "witness") };

    public async ValueTask DisposeAsync()
    {
        await _logs.DisposeAsync();
        await Fleet.DisposeAsync();
        await Shop.DisposeAsync();
        await Network.DisposeAsync();
    }

    private static void Configure(IDistributedApplicationTestingBuilder builder, Network network, string directory, bool isPatient)
    {
        // What the shop has promised is on disk before it is promised, also here: a server that is killed may not forget it.
        builder.SetPostgres("synchronous_commit=on");

        foreach (var project in builder.Resources.OfType<ProjectResource>().ToList())
        {
            if (!ServiceSettings.TryGetValue(project.Name, out var settings))
            {
                builder.CreateResourceBuilder(project).WithExplicitStart(); // The storefront and the bot hold nothing that could be lost.
                continue;
            }

            network.AddTo(project);
            project.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
            {
                foreach (var (name, value) in settings.Where(setting => !isPatient || !Deadlines.Contains(setting.Key)))
                    context.EnvironmentVariables[name] = value;
                context.EnvironmentVariables["DOTNET_TieredPGO"] = "0"; // The processes do not live long enough for it to pay.
                context.EnvironmentVariables["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Shop.Rig.Hook.dll");
                context.EnvironmentVariables["SHOP_RIG_DIRECTORY"] = directory;
                context.EnvironmentVariables["SHOP_RIG_SERVICE"] = project.Name;
                return Task.CompletedTask;
            }));
        }
    }
}
