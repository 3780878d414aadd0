using Shop.ServiceDefaults.Errors;

namespace Shop.Orders.Orders;

/// <summary>Answers a refused order with its problem, and logs what the buyer is not to see of it.</summary>
internal sealed partial class RefusalFilter(ILogger<RefusalFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OrderRefusedException refused)
        {
            if (!refused.ChangedNothing)
                Refused(logger, refused, refused.Code);
            if (refused.IsMomentary)
                context.HttpContext.Response.SetMomentary();
            return refused.ToProblem();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An order was refused: {Code}")]
    private static partial void Refused(ILogger logger, Exception exception, string code);
}
