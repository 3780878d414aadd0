using Microsoft.AspNetCore.Http.HttpResults;
using Shop.ServiceDefaults.Errors;

namespace Shop.Orders.Orders;

/// <summary>An order cannot be placed; what it says is the answer to the buyer.</summary>
/// <param name="status">The HTTP status of the answer.</param>
/// <param name="code">A snake_case name that clients can switch on; it also is the reason kept with a failed order.</param>
/// <param name="detail">What happened, for people.</param>
/// <param name="extensions">Further members of the problem.</param>
/// <param name="inner">What caused it; for the log, never for the buyer.</param>
internal sealed class OrderRefusedException(
    int status, string code, string detail, IDictionary<string, object?>? extensions = null, Exception? inner = null)
    : Exception(detail, inner)
{
    public string Code { get; } = code;

    /// <summary>Whether it is certain that what refused it has done nothing: a service that cannot be reached may have.</summary>
    public bool ChangedNothing { get; } = status < StatusCodes.Status500InternalServerError;

    /// <summary>Whether the order may be confirmed for all we know: then nothing is undone before recovery has looked.</summary>
    public bool MayBeConfirmed { get; private init; }

    /// <inheritdoc cref="Problems.SetMomentary"/>
    public bool IsMomentary { get; init; }

    public static OrderRefusedException Unavailable(string service, Exception? inner = null) => new(
        StatusCodes.Status503ServiceUnavailable, $"{service}_unavailable", $"The service {service} cannot be reached. Try again.", inner: inner);

    public static OrderRefusedException OutcomeUnknown(Guid orderId, Exception inner) => new(
        StatusCodes.Status503ServiceUnavailable,
        "order_outcome_unknown",
        "It is not known yet whether the order is confirmed. Look at it later, or ask again with the same Idempotency-Key.",
        new Dictionary<string, object?> { ["order_id"] = orderId },
        inner)
    { MayBeConfirmed = true };

    public ProblemHttpResult ToProblem() => Problems.Create(status, Code, Message, extensions);
}
