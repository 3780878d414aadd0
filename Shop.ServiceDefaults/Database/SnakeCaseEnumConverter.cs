using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Shop.ServiceDefaults.Database;

/// <summary>Stores an enum as its snake_case name, as it is written on the wire.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public sealed class SnakeCaseEnumConverter<TEnum>() : ValueConverter<TEnum, string>(
    value => Names[value], name => Values[name]) where TEnum : struct, Enum
{
    private static readonly Dictionary<TEnum, string> Names = Enum.GetValues<TEnum>().ToDictionary(value => value, SnakeCase.Of);

    private static readonly Dictionary<string, TEnum> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key);
}
