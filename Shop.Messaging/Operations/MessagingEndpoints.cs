using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client.Exceptions;
using Shop.ServiceDefaults.Errors;
using Shop.ServiceDefaults.Security;

namespace Shop.Messaging.Operations;

/// <summary>What an operator sees of a service's messages, and can have sent again.</summary>
public static class MessagingEndpoints
{
    /// <summary>
    /// Maps <c>/messaging/outbox</c>, and <c>/messaging/queues</c> and <c>/messaging/dead-letters</c> where the service consumes a queue.
    /// Looking needs <see cref="Permissions.MessagingRead"/>, replaying <see cref="Permissions.MessagingReplay"/> as well.
    /// </summary>
    public static void MapMessaging(this IEndpointRouteBuilder app)
    {
        var messaging = app.MapGroup("/messaging").RequirePermission(Permissions.MessagingRead).WithTags("Messaging");
        OutboxEndpoints.Map(messaging.MapGroup("/outbox"));
        if (app.ServiceProvider.GetService<DeadLetterQueue>() is null)
            return;

        var queue = messaging.MapGroup("").AddEndpointFilter(WithoutBroker);
        QueueEndpoints.Map(queue.MapGroup("/queues"));
        DeadLetterEndpoints.Map(queue.MapGroup("/dead-letters"));
    }

    /// <summary>503 when the broker is away or silent, which is no fault of the service.</summary>
    private static async ValueTask<object?> WithoutBroker(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or BrokerUnreachableException or TimeoutException
            || (exception is OperationCanceledException && !context.HttpContext.RequestAborted.IsCancellationRequested))
        {
            return Problems.Unavailable("broker_unavailable", "The message broker does not answer. Nothing is lost; try again.");
        }
    }
}
