using Aspire.Dashboard.ConsoleLogs;
using Aspire.Dashboard.Login;
using Aspire.Dashboard.Messages;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Resources;
using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard;

/// <summary>The dashboard, ready to run.</summary>
internal static class DashboardApp
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.AddAddresses();
        builder.AddTelemetry();
        builder.AddOtlp();
        builder.AddResources();
        builder.AddMessages();
        builder.AddLogin();
        builder.AddLanguages();
        builder.AddLivePages();
        builder.Services.AddSingleton<ServiceColors>();
        builder.Services.AddRazorComponents();

        var app = builder.Build();
        app.UseAddresses(grpc: OtlpGrpc.ServeAsync);
        app.UsePageHeaders();
        app.UseRequestLocalization();
        app.UseWhen(
            context => HttpMethods.IsGet(context.Request.Method), // A form that is refused would be refused again.
            pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapOtlp();
        app.MapTelemetry();
        app.MapLogin();
        app.MapResources();
        app.MapConsoleLogs();
        app.MapMessages();
        app.MapLivePages();
        app.MapAssets();
        app.MapRazorComponents<App>();
        return app;
    }
}
