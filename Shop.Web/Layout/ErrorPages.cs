using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Web.Api;

namespace Shop.Web.Layout;

/// <summary>Shows a person a page when something fails; programs get problem details from the shared handler.</summary>
internal sealed partial class ErrorPages(ILogger<ErrorPages> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (!context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
            return false;

        var status = exception switch
        {
            ApiException { Status: StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden } refused => refused.Status,
            ApiException => StatusCodes.Status503ServiceUnavailable,
            _ when Outage.Is(exception) => StatusCodes.Status503ServiceUnavailable,
            BadHttpRequestException bad => bad.StatusCode,
            _ => StatusCodes.Status500InternalServerError,
        };
        if (status >= StatusCodes.Status500InternalServerError)
            Failed(logger, exception, context.Request.Path);

        context.Response.StatusCode = status;
        var problem = IsOldForm(context, exception) ? "old_form" : status.ToString(CultureInfo.InvariantCulture);
        await WriteAsync(context, new RazorComponentResult<ErrorPage>(new { Problem = problem }) { StatusCode = status });
        return true;
    }

    /// <remarks>In a scope of its own: the page that failed has initialized the renderer of the request's, which is done once.</remarks>
    private static async Task WriteAsync(HttpContext context, RazorComponentResult<ErrorPage> page)
    {
        var services = context.RequestServices;
        await using var scope = services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await page.ExecuteAsync(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }

    /// <remarks>Its antiforgery token is that of another visitor, as after signing in or out in another tab.</remarks>
    private static bool IsOldForm(HttpContext context, Exception exception) =>
        exception is BadHttpRequestException && context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false };

    [LoggerMessage(Level = LogLevel.Error, Message = "The page {Path} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string path);
}

internal static class ErrorPagesExtensions
{
    public static void AddErrorPages(this IHostApplicationBuilder builder) => builder.Services.AddExceptionHandler<ErrorPages>();

    /// <summary>After <c>UseAntiforgery</c>: the pages' own forms would answer an invalid token with a bare line of text.</summary>
    public static void RefuseOldForms(this WebApplication app) => app.Use((context, next) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false }
            ? throw new BadHttpRequestException("The antiforgery token is not valid.")
            : next(context));
}
