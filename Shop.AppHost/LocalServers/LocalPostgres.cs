using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Shop.AppHost.LocalServers;

/// <summary>The installed PostgreSQL, which refuses root: then it runs as its own user.</summary>
internal sealed class LocalPostgres(PostgresServerResource server) : LocalServer(server)
{
    private const string User = "postgres";

    // Debian keeps each version in a directory of its own, outside PATH.
    private const string DebianVersions = "/usr/lib/postgresql";

    // Where the data is when the user may not enter the declared directory: beside that of the system's own servers.
    private const string Elsewhere = "/var/lib/shop";

    private static readonly string[] AsUser =
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", "--"] : [];

    public override string Package => "postgresql";

    public override bool IsInstalled => Versions().Count > 0;

    // On SIGTERM it would wait for its clients to leave.
    public override string StopSignal => "INT";

    // The image hands its arguments to the server as they are.
    public override IEnumerable<CommandLineArgsCallbackAnnotation> DeclaredArguments =>
        server.Annotations.OfType<CommandLineArgsCallbackAnnotation>();

    public override async Task<IReadOnlyList<string>> PrepareAsync(string directory, bool isThrowAway, CancellationToken cancellationToken)
    {
        directory = await OwnDirectoryAsync(directory, isThrowAway, cancellationToken);
        var data = Path.Combine(directory, "data");
        var programs = ProgramsFor(data);
        var password = await server.PasswordParameter.GetValueAsync(cancellationToken) ?? "";
        var userName = server.UserNameParameter is { } parameter ? await parameter.GetValueAsync(cancellationToken) ?? User : User;
        if (!Directory.Exists(data))
            await InitializeAsync(programs, directory, data, userName, isThrowAway, cancellationToken);
        await SetPasswordAsync(programs, data, userName, password, cancellationToken);

        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={Port(server.PrimaryEndpoint.EndpointName).ToString(CultureInfo.InvariantCulture)}",
            "unix_socket_directories=",
            "shared_buffers=128MB",
            "password_encryption=scram-sha-256",
            "logging_collector=off",
            "log_min_messages=warning",
            "log_checkpoints=off",
            .. isThrowAway ? (string[])["fsync=off", "synchronous_commit=off", "full_page_writes=off"] : [],
        ];
        return [.. AsUser, Path.Combine(programs, "postgres"), "-D", data, .. settings.SelectMany(setting => new[] { "-c", setting })];
    }

    public override async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = await server.ConnectAsAdministratorAsync(cancellationToken);
    }

    public override async Task CreateAsync(IEnumerable<IResource> children, CancellationToken cancellationToken)
    {
        await using var connection = await server.ConnectAsAdministratorAsync(cancellationToken);
        foreach (var name in children.OfType<PostgresDatabaseResource>().Select(database => database.DatabaseName))
        {
            await using var find = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", connection);
            find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            if (await find.ExecuteScalarAsync(cancellationToken) is not 0L)
                continue;
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The directory of the programs that fit the data: of its own version, or the newest for data that is yet to be made.</summary>
    private static string ProgramsFor(string data)
    {
        var versions = Versions();
        var mark = Path.Combine(data, "PG_VERSION");
        if (!File.Exists(mark))
            return versions[0].Programs;

        var version = File.ReadAllText(mark).Trim();
        return versions.FirstOrDefault(installed => installed.Version == version).Programs ?? throw new DistributedApplicationException(
            $"The data in {data} is of PostgreSQL {version}; installed here is {string.Join(", ", versions.Select(installed => installed.Version))}. "
            + $"Install it (apt-get install postgresql-{version}), or delete the development data (./shop reset).");
    }

    /// <summary>What is installed, the newest first.</summary>
    private static List<(string Version, string Programs)> Versions()
    {
        var debian = Directory.Exists(DebianVersions) ? Directory.GetDirectories(DebianVersions) : [];
        var inPath = Programs.Find("initdb") is { } initdb && Programs.Find("postgres") is not null ? Path.GetDirectoryName(initdb) : null;
        return
        [
            .. debian.Where(path => File.Exists(Path.Combine(path, "bin", "postgres")) && File.Exists(Path.Combine(path, "bin", "initdb")))
                .Select(path => (Version: Path.GetFileName(path), Programs: Path.Combine(path, "bin")))
                .OrderByDescending(found => int.TryParse(found.Version, CultureInfo.InvariantCulture, out var number) ? number : 0),
            .. inPath is null ? Array.Empty<(string, string)>() : [(VersionOf(inPath), inPath)],
        ];
    }

    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
    private static string VersionOf(string programs) =>
        Programs.TryRunAsync([Path.Combine(programs, "postgres"), "--version"], "", CancellationToken.None)
            .GetAwaiter().GetResult().Output.Split(' ', '.')[2];

    private static async Task InitializeAsync(
        string programs, string directory, string data, string userName, bool isThrowAway, CancellationToken cancellationToken)
    {
        // Made beside its place and moved there whole, so that a half-made one is never used.
        var unfinished = Path.Combine(directory, "data.new");
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        // With a password that nobody knows: the next step sets the real one.
        await Programs.RunAsync(
            [
                .. AsUser, "bash", "-c", "\"$0\" \"$@\" --pwfile=<(head -c 30 /dev/urandom | base64)", Path.Combine(programs, "initdb"),
                "-D", unfinished, "-U", userName, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
                .. isThrowAway ? (string[])["--no-sync"] : [],
            ],
            input: "",
            cancellationToken);
        Directory.Move(unfinished, data);
    }

    /// <summary>At each start, since the parameter may have another value than when the data was made.</summary>
    private static Task SetPasswordAsync(string programs, string data, string userName, string password, CancellationToken cancellationToken)
    {
        var (role, secret) = (userName.Replace("\"", "\"\"", StringComparison.Ordinal), password.Replace("'", "''", StringComparison.Ordinal));
        return Programs.RunAsync(
            [
                .. AsUser, Path.Combine(programs, "postgres"), "--single", "-j", "-D", data,
                "-c", "exit_on_error=on", "-c", "log_min_messages=fatal", "-c", "password_encryption=scram-sha-256", "postgres",
            ],
            $"ALTER ROLE \"{role}\" PASSWORD '{secret}';\n\n",
            cancellationToken);
    }

    /// <summary>
    /// Gives the directory to the user that PostgreSQL runs as. Below a private home that user cannot enter it: then the directory
    /// becomes a link to one that it can.
    /// </summary>
    private static async Task<string> OwnDirectoryAsync(string declared, bool isThrowAway, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return declared;

        var directory = Directory.ResolveLinkTarget(declared, returnFinalTarget: true)?.FullName ?? declared;
        if (await TryGiveAsync(directory, cancellationToken))
            return directory;

        var elsewhere = Path.Combine(Elsewhere, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(declared)))[..16]);
        if (isThrowAway || Directory.EnumerateFileSystemEntries(directory).Any() || !await TryGiveAsync(elsewhere, cancellationToken))
        {
            throw new DistributedApplicationException(
                $"PostgreSQL does not run as root, and its user '{User}' may not enter {directory}. Run the AppHost as an ordinary user, "
                + "or set LocalServers__DataDirectory to a directory that everybody may enter.");
        }

        Directory.Delete(declared);
        Directory.CreateSymbolicLink(declared, elsewhere);
        return elsewhere;
    }

    private static async Task<bool> TryGiveAsync(string directory, CancellationToken cancellationToken)
    {
        PrivateFiles.CreateDirectory(directory);
        await Programs.RunAsync(["chown", $"{User}:{User}", directory], "", cancellationToken);
        return (await Programs.TryRunAsync([.. AsUser, "test", "-w", directory], "", cancellationToken)).ExitCode == 0;
    }
}
