using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Aspire.ResourceService;

namespace Aspire.Dashboard.Resources;

/// <summary>Asks the AppHost.</summary>
internal sealed class ResourceServiceClient(HttpClient http)
{
    /// <summary>Whether there is an AppHost to ask.</summary>
    public bool IsConfigured => http.BaseAddress is not null;

    /// <summary>The state of all resources, again with each change.</summary>
    public IAsyncEnumerable<ResourceState[]> WatchAsync(CancellationToken cancellationToken) => ReadLinesAsync<ResourceState[]>("resources", cancellationToken);

    /// <summary>The lines a resource has written and writes, in batches.</summary>
    public IAsyncEnumerable<ConsoleLine[]> WatchConsoleAsync(string name, CancellationToken cancellationToken) =>
        ReadLinesAsync<ConsoleLine[]>($"resources/{Uri.EscapeDataString(name)}/console", cancellationToken);

    /// <summary>The value of a variable, or nothing when there is none.</summary>
    public async Task<string?> FindVariableAsync(string id, string variable, CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            return null;
        using var response = await http.GetAsync(
            new Uri($"resources/{Uri.EscapeDataString(id)}/environment/{Uri.EscapeDataString(variable)}", UriKind.Relative), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task<CommandResult> ExecuteAsync(string id, string command, CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            return new CommandResult(false, null);
        try
        {
            using var response = await http.PostAsync(
                new Uri($"resources/{Uri.EscapeDataString(id)}/commands/{Uri.EscapeDataString(command)}", UriKind.Relative), content: null, cancellationToken);
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync<CommandResult>(ResourceServiceContract.Json, cancellationToken))!;
        }
        catch (HttpRequestException exception)
        {
            return new CommandResult(false, exception.Message);
        }
    }

    private async IAsyncEnumerable<T> ReadLinesAsync<T>(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
                yield return JsonSerializer.Deserialize<T>(line, ResourceServiceContract.Json)!;
        }
    }
}
