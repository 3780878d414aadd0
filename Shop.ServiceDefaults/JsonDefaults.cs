using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shop.ServiceDefaults;

/// <summary>How the shop writes JSON on the wire: snake_case, enums as snake_case strings, unknown members refused.</summary>
public static class JsonDefaults
{
    /// <summary>Options for reading what other services of the shop answer: unknown members are ignored, so that they may add some.</summary>
    public static JsonSerializerOptions Client { get; } = Create(JsonUnmappedMemberHandling.Skip);

    /// <summary>Applies the conventions to the options of a service's own endpoints.</summary>
    public static void Apply(JsonSerializerOptions options) => Apply(options, JsonUnmappedMemberHandling.Disallow);

    private static JsonSerializerOptions Create(JsonUnmappedMemberHandling unmapped)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options, unmapped);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static void Apply(JsonSerializerOptions options, JsonUnmappedMemberHandling unmapped)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = unmapped;
        options.AllowDuplicateProperties = false;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }
}
