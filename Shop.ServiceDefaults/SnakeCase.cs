using System.Text.Json;

namespace Shop.ServiceDefaults;

/// <summary>Enum members as they are written on the wire, in the database and in the tags of metrics.</summary>
public static class SnakeCase
{
    /// <summary>The member's name in snake_case.</summary>
    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
