using System.Globalization;
using Shop.ServiceDefaults.Http;

namespace Shop.Notifications.Templates;

/// <summary>Writes amounts as the language has them, whatever cultures the machine knows.</summary>
internal static class MoneyText
{
    private const string NoBreakSpace = "\u00A0";

    private static readonly NumberFormatInfo Russian = new() { NumberGroupSeparator = NoBreakSpace, NumberDecimalSeparator = "," };
    private static readonly NumberFormatInfo English = new() { NumberGroupSeparator = ",", NumberDecimalSeparator = "." };

    /// <summary><c>2 500,00 ₽</c> or <c>RUB 2,500.00</c>, without spaces where a line could break.</summary>
    public static string Of(decimal amount, string currency, Language language) => language == Language.English
        ? currency + NoBreakSpace + amount.ToString("N2", English)
        : amount.ToString("N2", Russian) + NoBreakSpace + (currency == "RUB" ? "₽" : currency);
}
