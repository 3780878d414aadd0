using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Local;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Postgres;

/// <summary>
/// Where the data is. PostgreSQL refuses root, and the user that it runs as then cannot enter a private home: there, the
/// data directory is a link to one that it can.
/// </summary>
internal static class PostgresDirectory
{
    // Beside the data of the system's own servers, which their users may enter.
    private const string Open = "/var/lib/shop";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the directory one that <paramref name="user"/> owns and may enter.</summary>
    /// <param name="context">The server; its data directory may be a link that an earlier start made.</param>
    /// <param name="user">Who Postgres runs as when the AppHost is root.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The directory itself.</returns>
    /// <exception cref="DistributedApplicationException">There is data in a directory that the user may not enter.</exception>
    public static async Task<string> PrepareAsync(LocalServerContext context, string user, CancellationToken cancellationToken)
    {
        var declared = context.DataDirectory;
        if (!Native.IsRoot)
            return declared;

        var directory = Directory.ResolveLinkTarget(declared, returnFinalTarget: true)?.FullName ?? declared;
        Make(directory);
        if (await TryGiveAsync(context, directory, user, cancellationToken).ConfigureAwait(false))
            return directory;

        var elsewhere = Path.Combine(Open, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(declared)))[..16]);
        if (context.IsThrowAway || Directory.EnumerateFileSystemEntries(directory).Any())
            throw Refused(directory, user);

        Make(Open, UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Make(elsewhere);
        if (!await TryGiveAsync(context, elsewhere, user, cancellationToken).ConfigureAwait(false))
            throw Refused(elsewhere, user);

        Directory.Delete(declared);
        Directory.CreateSymbolicLink(declared, elsewhere);
        context.Logger.LogInformation("keeps its data in {Directory}, since its user '{User}' may not enter {Declared}", elsewhere, user, declared);
        return elsewhere;
    }

    /// <summary>Gives a file to the user that Postgres runs as.</summary>
    public static Task GiveAsync(LocalServerContext context, string path, string user, CancellationToken cancellationToken) => Native.IsRoot
        ? context.Launcher.RunAsync(new ProcessSpec { FileName = "chown", Arguments = [$"{user}:{user}", path], WorkingDirectory = "/" }, cancellationToken)
        : Task.CompletedTask;

    private static async Task<bool> TryGiveAsync(LocalServerContext context, string directory, string user, CancellationToken cancellationToken)
    {
        await GiveAsync(context, directory, user, cancellationToken).ConfigureAwait(false);
        var test = context.Launcher.Start(
            new ProcessSpec { FileName = "test", Arguments = ["-w", directory], WorkingDirectory = "/", User = user }, (_, _) => { });
        return await test.Exited.WaitAsync(cancellationToken).ConfigureAwait(false) == 0;
    }

    private static void Make(string directory, UnixFileMode others = UnixFileMode.None)
    {
        if (OperatingSystem.IsWindows())
            return;

        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, OwnerOnly | others);
    }

    private static DistributedApplicationException Refused(string directory, string user) => new(
        $"PostgreSQL does not run as root, and its user '{user}' may not enter {directory}. "
        + "Run the AppHost as an ordinary user, move the checkout out of a private home directory, or set LocalServers__DataDirectory to a directory that everybody may enter.");
}
