using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Shop.AppHost.Operations;

/// <summary>All that a development shop remembers.</summary>
internal sealed class DevelopmentData(
    IReadOnlyList<ServiceDatabase> databases, RabbitMQServerResource broker, RedisResource redis, string mailDirectory)
{
    /// <summary>Deletes it, while the services are stopped, and starts them on what is as new.</summary>
    public async Task ResetAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var commands = services.GetRequiredService<ResourceCommandService>();
        var projects = services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>().ToList();
        await ExecuteAsync(KnownResourceCommands.StopCommand);
        try
        {
            foreach (var database in databases)
                await database.RecreateAsync(cancellationToken);
            await DeleteQueuesAsync(cancellationToken);
            await FlushAsync(cancellationToken);
            foreach (var mail in Directory.Exists(mailDirectory) ? Directory.EnumerateFiles(mailDirectory, "*.eml") : [])
                File.Delete(mail);
        }
        finally
        {
            await ExecuteAsync(KnownResourceCommands.StartCommand);
        }

        Task ExecuteAsync(string command) =>
            Task.WhenAll(projects.Select(project => commands.ExecuteCommandAsync(project, command, cancellationToken)));
    }

    // The services declare them anew.
    private async Task DeleteQueuesAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(broker.GetEndpoint("management").Url) };
        var login = $"guest:{await broker.PasswordParameter.GetValueAsync(cancellationToken)}";
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        var queues = await client.GetFromJsonAsync<JsonArray>("/api/queues/%2F?columns=name", cancellationToken);
        foreach (var name in queues!.Select(queue => (string)queue!["name"]!))
        {
            var queue = new Uri($"/api/queues/%2F/{Uri.EscapeDataString(name)}", UriKind.Relative);
            using var response = await client.DeleteAsync(queue, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var options = ConfigurationOptions.Parse(await redis.ConnectionStringExpression.GetValueAsync(cancellationToken) ?? "");
        options.AllowAdmin = true;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        foreach (var server in connection.GetServers())
            await server.FlushAllDatabasesAsync();
    }
}
