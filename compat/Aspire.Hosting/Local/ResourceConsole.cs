using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Local;

/// <summary>Where the lines of resources go.</summary>
internal static partial class ResourceConsole
{
    /// <summary>The name under which the AppHost itself writes.</summary>
    public const string AppHost = "apphost";

    /// <summary>The console with the name in front, or under test the log, which the test may capture.</summary>
    public static Action<string, string> Sink(IServiceProvider services, bool toConsole)
    {
        if (!toConsole)
        {
            var factory = services.GetRequiredService<ILoggerFactory>();
            return (name, line) => factory.CreateLogger($"Aspire.Hosting.Resources.{name}").LogInformation("{Line}", line);
        }

        var plain = Console.IsOutputRedirected;
        return (name, line) => Console.Out.WriteLine($"[{name}] {(plain ? Escapes().Replace(line, "") : line)}");
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Escapes();
}
