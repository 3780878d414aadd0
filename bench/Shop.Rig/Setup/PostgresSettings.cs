using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Shop.AppHost.LocalServers;
using Shop.Rig.Chaos;

namespace Shop.Rig.Setup;

/// <summary>How PostgreSQL is to run, in place of what data that is thrown away would do.</summary>
internal static class PostgresSettings
{
    /// <summary>Starts PostgreSQL with these settings, each as <c>name=value</c>.</summary>
    public static void SetPostgres(this IDistributedApplicationTestingBuilder builder, params IEnumerable<string> settings)
    {
        var server = builder.Resources.OfType<ServerProcess>().Single(process => process.Name == Names.Postgres);
        builder.CreateResourceBuilder(server).WithArgs([.. settings.SelectMany(setting => (string[])["-c", setting])]);
    }
}
