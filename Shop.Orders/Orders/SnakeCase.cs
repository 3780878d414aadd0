using System.Text.Json;

namespace Shop.Orders.Orders;

/// <summary>Enum members as events carry them.</summary>
internal static class SnakeCase
{
    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
