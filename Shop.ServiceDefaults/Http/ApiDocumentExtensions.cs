using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Shop.ServiceDefaults.Http;

internal static class ApiDocumentExtensions
{
    public static void AddApiDocument(this IHostApplicationBuilder builder) =>
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, context, _) =>
        {
            var environment = context.ApplicationServices.GetRequiredService<IHostEnvironment>();
            document.Info.Title = $"Shop: {ServiceName.Of(environment)}";
            return Task.CompletedTask;
        }));

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.UseSwaggerUI(options => options.SwaggerEndpoint("/openapi/v1.json", "v1"));
    }
}
