using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Shop.AppHost.Operations;

/// <summary>Dead letters of one type that failed for one reason.</summary>
internal sealed record DeadLetterGroup(int Count, string? Type, string? ErrorType, string? Error);

/// <summary>The dead letters of one service, by its operator endpoints.</summary>
internal sealed class DeadLetters(ShopUser user, EndpointReference service)
{
    private const string Path = "/messaging/dead-letters";

    /// <summary>Lists them by cause, the most frequent first.</summary>
    public async Task<IReadOnlyList<DeadLetterGroup>> ListAsync(CancellationToken cancellationToken)
    {
        using var client = await user.SignInAsync(service, cancellationToken);
        return await ListAsync(client, cancellationToken);
    }

    /// <summary>Has all of them handled again.</summary>
    /// <returns>How many were meant, and how many are handled again.</returns>
    public async Task<(int Chosen, int Replayed)> ReplayAsync(bool dryRun, CancellationToken cancellationToken)
    {
        using var client = await user.SignInAsync(service, cancellationToken);
        var (chosen, replayed) = (0, 0);
        foreach (var cause in (await ListAsync(client, cancellationToken)).Select(group => (group.Type, group.ErrorType)).Distinct())
        {
            using var response = await client.PostAsJsonAsync(
                $"{Path}/replay", new { type = cause.Type, error_type = cause.ErrorType, dry_run = dryRun }, cancellationToken);
            var answer = await ShopUser.ReadAsync(response, cancellationToken);
            chosen += (int)answer["chosen"]!;
            replayed += (int)answer["replayed"]!;
        }

        return (chosen, replayed);
    }

    private static async Task<IReadOnlyList<DeadLetterGroup>> ListAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(new Uri(Path, UriKind.Relative), cancellationToken);
        var answer = await ShopUser.ReadAsync(response, cancellationToken);
        return
        [
            .. answer["groups"]!.AsArray().OfType<JsonObject>().Select(group => new DeadLetterGroup(
                (int)group["count"]!, (string?)group["type"], (string?)group["error_type"], (string?)group["error"])),
        ];
    }
}
