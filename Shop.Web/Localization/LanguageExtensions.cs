using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace Shop.Web.Localization;

/// <summary>The languages the shop speaks: the one the browser asks for, Russian by default.</summary>
internal static class LanguageExtensions
{
    private static readonly string[] Languages = ["ru", "en"];

    public static void AddLanguages(this IHostApplicationBuilder builder)
    {
        builder.Services.AddLocalization();
        builder.Services.Configure<RequestLocalizationOptions>(options =>
        {
            options.SetDefaultCulture(Languages[0]).AddSupportedCultures(Languages).AddSupportedUICultures(Languages);
            options.ApplyCurrentCultureToResponseHeaders = true;
            options.RequestCultureProviders = [new AcceptLanguageHeaderRequestCultureProvider()];
        });
    }

    public static void UseLanguages(this WebApplication app) => app.UseRequestLocalization();

    /// <summary>A sum as the reader writes it; what is in several currencies stays apart.</summary>
    public static string Sum(IEnumerable<(decimal Amount, string Currency)> amounts) => string.Join(" + ", amounts
        .GroupBy(amount => amount.Currency, amount => amount.Amount)
        .Select(amounts => Money(amounts.Sum(), amounts.Key)));

    /// <summary>An amount as the reader writes it.</summary>
    public static string Money(decimal amount, string currency) =>
        $"{amount.ToString("N2", CultureInfo.CurrentCulture)} {(currency == "RUB" ? "₽" : currency)}".Replace(' ', '\u00A0');
}
