using Microsoft.AspNetCore.Localization;

namespace Aspire.Dashboard.Shared;

/// <summary>The languages of the pages: the one the browser asks for, English by default.</summary>
internal static class Languages
{
    private static readonly string[] Known = ["en", "ru"];

    public static void AddLanguages(this IHostApplicationBuilder builder)
    {
        builder.Services.AddLocalization();
        builder.Services.Configure<RequestLocalizationOptions>(options =>
        {
            options.SetDefaultCulture(Known[0]).AddSupportedCultures(Known).AddSupportedUICultures(Known);
            options.RequestCultureProviders = [new AcceptLanguageHeaderRequestCultureProvider()];
        });
    }
}
