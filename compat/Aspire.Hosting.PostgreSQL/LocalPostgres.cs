using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Local;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Postgres;

/// <summary>Runs the installed PostgreSQL, which refuses root: then it runs as its own user.</summary>
internal sealed class LocalPostgres(PostgresServerResource server) : LocalServer
{
    private const string User = "postgres";
    private const string FingerprintFile = "password.fingerprint";

    public override string Package => "postgresql";

    public override bool IsInstalled => BinDirectory() is not null;

    public override async Task<ProcessSpec> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        context = context with { DataDirectory = await PostgresDirectory.PrepareAsync(context, User, cancellationToken).ConfigureAwait(false) };
        var tool = new Tool(context, BinDirectory()!);
        var data = Path.Combine(context.DataDirectory, "data");

        var password = await server.PasswordParameter.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? "";
        var userName = await server.UserNameReference.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? PostgresServerResource.DefaultUserName;
        if (!Directory.Exists(data))
        {
            context.Logger.LogInformation("creates its data directory {Directory}", data);
            await tool.InitializeAsync(data, userName, password, cancellationToken).ConfigureAwait(false);
            await WriteFingerprintAsync(context, userName, password, cancellationToken).ConfigureAwait(false);
        }
        else if (!await HasFingerprintAsync(context, userName, password, cancellationToken).ConfigureAwait(false))
        {
            context.Logger.LogInformation("takes the new password of {User}", userName);
            await tool.SetPasswordAsync(data, userName, password, cancellationToken).ConfigureAwait(false);
            await WriteFingerprintAsync(context, userName, password, cancellationToken).ConfigureAwait(false);
        }

        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={context.Port(PostgresServerResource.PrimaryEndpointName).ToString(CultureInfo.InvariantCulture)}",
            "unix_socket_directories=",
            "max_connections=300",
            "shared_buffers=128MB",
            "password_encryption=scram-sha-256",
            "logging_collector=off",
            "log_min_messages=warning",
            "log_checkpoints=off",
            // Data that is thrown away need not survive a power failure.
            .. context.IsThrowAway ? (string[])["fsync=off", "synchronous_commit=off", "full_page_writes=off"] : [],
        ];
        return new ProcessSpec
        {
            FileName = Path.Combine(BinDirectory()!, "postgres"),
            Arguments = ["-D", data, .. settings.SelectMany(setting => new[] { "-c", setting })],
            WorkingDirectory = context.DataDirectory,
            User = User,
            StopsLikePostgres = true,
        };
    }

    // The newest version that is installed; Debian keeps each in a directory of its own, outside PATH.
    public static string? BinDirectory()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        return versions.OrderByDescending(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Select(path => Path.Combine(path, "bin"))
                .FirstOrDefault(bin => File.Exists(Path.Combine(bin, "postgres")) && File.Exists(Path.Combine(bin, "initdb")))
            ?? (ProcessLauncher.Find("initdb") is { } inPath && ProcessLauncher.Find("postgres") is not null ? Path.GetDirectoryName(inPath) : null);
    }

    // The password itself is kept elsewhere; this tells whether it is still the one that the server knows.
    private static async Task WriteFingerprintAsync(LocalServerContext context, string userName, string password, CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetHexString(32);
        await File.WriteAllTextAsync(
            Path.Combine(context.DataDirectory, FingerprintFile), $"{salt}:{Fingerprint(salt, userName, password)}", cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> HasFingerprintAsync(LocalServerContext context, string userName, string password, CancellationToken cancellationToken)
    {
        var path = Path.Combine(context.DataDirectory, FingerprintFile);
        if (!File.Exists(path))
            return false;

        var parts = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Split(':');
        return parts.Length == 2 && parts[1] == Fingerprint(parts[0], userName, password);
    }

    private static string Fingerprint(string salt, string userName, string password) => Convert.ToHexString(
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes($"{userName}\0{password}"), Encoding.UTF8.GetBytes(salt), 100_000, HashAlgorithmName.SHA256, 32));

    /// <summary>The programs that prepare a data directory.</summary>
    private sealed class Tool(LocalServerContext context, string bin)
    {
        public async Task InitializeAsync(string data, string userName, string password, CancellationToken cancellationToken)
        {
            // Made beside its place and moved there whole, so that a half-made one is never used.
            var unfinished = data + ".new";
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);

            var passwordFile = Path.Combine(context.DataDirectory, "password.initial");
            PrivateFile.Write(passwordFile, password + "\n");
            try
            {
                await PostgresDirectory.GiveAsync(context, passwordFile, User, cancellationToken).ConfigureAwait(false);
                await RunAsync(
                    new ProcessSpec
                    {
                        FileName = Path.Combine(bin, "initdb"),
                        Arguments =
                        [
                            "-D", unfinished, "-U", userName, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
                            .. context.IsThrowAway ? (string[])["--no-sync"] : [],
                        ],
                        WorkingDirectory = context.DataDirectory,
                        User = User,
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                File.Delete(passwordFile);
            }

            Directory.Move(unfinished, data);
        }

        public Task SetPasswordAsync(string data, string userName, string password, CancellationToken cancellationToken) => RunAsync(
            new ProcessSpec
            {
                FileName = Path.Combine(bin, "postgres"),
                Arguments = ["--single", "-j", "-D", data, "-c", "exit_on_error=on", "-c", "log_min_messages=fatal", "postgres"],
                WorkingDirectory = context.DataDirectory,
                User = User,
                StandardInput = $"ALTER ROLE \"{userName.Replace("\"", "\"\"", StringComparison.Ordinal)}\" PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}';\n\n",
            },
            cancellationToken);

        private Task RunAsync(ProcessSpec spec, CancellationToken cancellationToken) => context.Launcher.RunAsync(spec, cancellationToken);
    }
}
