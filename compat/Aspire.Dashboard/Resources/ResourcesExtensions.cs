using System.Net.Http.Headers;
using Aspire.ResourceService;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Aspire.Dashboard.Resources;

internal static class ResourcesExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public static void AddResources(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ResourceServiceOptions>().BindConfiguration(ResourceServiceOptions.Section);
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<ResourceServiceOptions>>().Value;
            var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = false })
            {
                BaseAddress = options.Url,
                Timeout = Timeout.InfiniteTimeSpan, // Streams have no end; each request has its caller's token.
            };
            http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Aspire.Dashboard", null));
            if (options.ApiKey is { Length: > 0 } key)
                http.DefaultRequestHeaders.Add(ResourceServiceContract.ApiKeyHeader, key);
            return new ResourceServiceClient(http);
        });
        builder.Services.AddSingleton<ResourceWatcher>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ResourceWatcher>());
    }

    public static void MapResources(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/resources/{id}/environment/{variable}", RevealAsync);
        endpoints.MapPost("/resources/commands", ExecuteAsync);
    }

    private static async Task<Results<ContentHttpResult, NotFound, StatusCodeHttpResult>> RevealAsync(
        string id, string variable, ResourceServiceClient client, HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            return await client.FindVariableAsync(id, variable, cancellationToken) is { } value ? TypedResults.Text(value) : TypedResults.NotFound();
        }
        catch (HttpRequestException)
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable); // The AppHost has gone.
        }
    }

    // The form has an antiforgery token, which is checked for every endpoint that reads a form.
    private static async Task<RedirectHttpResult> ExecuteAsync(
        [FromForm] string id, [FromForm] string command, ResourceServiceClient client, CancellationToken cancellationToken)
    {
        var result = await client.ExecuteAsync(id, command, cancellationToken);
        var failure = result.Success ? "" : $"&failed={Uri.EscapeDataString(result.Message ?? command)}";
        return TypedResults.LocalRedirect($"/?resource={Uri.EscapeDataString(id)}{failure}");
    }
}
