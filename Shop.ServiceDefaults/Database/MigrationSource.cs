using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Shop.ServiceDefaults.Database;

/// <summary>The SQL migrations embedded in one assembly: files named <c>Migrations/NNNN_name.sql</c>.</summary>
/// <param name="Assembly">Its name also names the migrations in the history table.</param>
public sealed partial record MigrationSource(Assembly Assembly)
{
    /// <summary>The name in the history table.</summary>
    public string Name { get; } = Assembly.GetName().Name!;

    /// <summary>Reads the migrations in the order of their numbers.</summary>
    /// <exception cref="InvalidOperationException">Two migrations have the same number.</exception>
    public IReadOnlyList<Migration> Read()
    {
        var migrations = Assembly.GetManifestResourceNames()
            .Select(resource => (resource, match: FileName().Match(resource)))
            .Where(file => file.match.Success)
            .Select(file => new Migration(
                int.Parse(file.match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture),
                file.match.Groups["name"].Value,
                Load(file.resource)))
            .OrderBy(migration => migration.Number)
            .ToList();

        var twice = migrations.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? migrations
            : throw new InvalidOperationException($"{Name} has {twice.Count()} migrations numbered {twice.Key:0000}.");
    }

    private string Load(string resource)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\.Migrations\.(?<number>\d{4})_(?<name>\w+)\.sql$")]
    private static partial Regex FileName();
}

/// <summary>One migration.</summary>
/// <param name="Number">Its place in the order.</param>
/// <param name="Name">What it does, as its file says.</param>
/// <param name="Sql">The statements; they run in one transaction.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text with line ends made equal, in hex.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
}
