using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Local;

/// <summary>The development secrets of the AppHost: a file outside the repository that only its owner may read.</summary>
internal sealed class UserSecrets
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly Lock _writing = new();
    private readonly string? _path;

    public UserSecrets(Assembly? appHost, bool persist)
    {
        var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } set ? set : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (persist && home.Length > 0 && AssemblyMetadata.Find(appHost, AssemblyMetadata.UserSecretsId) is { Length: > 0 } id)
            _path = Path.Combine(home, ".microsoft", "usersecrets", id, "secrets.json");
    }

    public void AddTo(ConfigurationManager configuration)
    {
        if (_path is null || !File.Exists(_path))
            return;

        // Kept values are weaker than the environment and the command line, so they come first.
        var kept = new ConfigurationBuilder().AddJsonFile(_path, optional: true).Build();
        configuration.Sources.Insert(0, new ChainedConfigurationSource { Configuration = kept, ShouldDisposeConfiguration = true });
    }

    /// <summary>Gets a value, keeping the one that is made when there is none.</summary>
    public string GetOrAdd(string key, Func<string> make)
    {
        if (_path is null)
            return make();

        lock (_writing)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);

            // Another AppHost of the same project may write at the same time.
            using var locked = Retry.Open(_path + ".lock");
            var secrets = Read();
            if (secrets[key]?.GetValue<string>() is { } kept)
                return kept;

            var value = make();
            secrets[key] = value;
            PrivateFile.Write(_path, secrets.ToJsonString(Indented));
            return value;
        }
    }

    private JsonObject Read()
    {
        if (!File.Exists(_path))
            return [];

        try
        {
            return JsonNode.Parse(File.ReadAllText(_path))?.AsObject() ?? [];
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"The user secrets in {_path} are not valid JSON: {exception.Message}", exception);
        }
    }

    private static class Retry
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

        public static FileStream Open(string path)
        {
            var deadline = TimeProvider.System.GetTimestamp();
            while (true)
            {
                try
                {
                    return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException) when (TimeProvider.System.GetElapsedTime(deadline) < Limit)
                {
                    Thread.Sleep(20);
                }
            }
        }
    }
}

/// <summary>A default that is made once and then kept in the user secrets.</summary>
internal sealed class UserSecretsParameterDefault(UserSecrets secrets, string key, ParameterDefault inner) : ParameterDefault
{
    public override string GetDefaultValue() => secrets.GetOrAdd(key, inner.GetDefaultValue);
}
