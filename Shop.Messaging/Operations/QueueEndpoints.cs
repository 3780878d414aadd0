using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Shop.Messaging.Operations;

/// <summary>What waits for the service.</summary>
internal static class QueueEndpoints
{
    public static void Map(RouteGroupBuilder queues) => queues.MapGet("", GetAsync)
        .WithSummary("The service's queue with its rates, the queues where messages wait for another try, and the number of its dead letters");

    private static async Task<Ok<QueueResponse>> GetAsync(QueueFigures figures, CancellationToken cancellationToken) =>
        TypedResults.Ok(await figures.ReadAsync(cancellationToken));
}
