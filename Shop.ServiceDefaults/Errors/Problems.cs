using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Shop.ServiceDefaults.Errors;

/// <summary>
/// Builds RFC 9457 problems whose machine-readable name stands both in <c>type</c>
/// (<c>/problems/out_of_stock</c>) and in the extension <c>code</c> (<c>out_of_stock</c>).
/// </summary>
public static class Problems
{
    /// <summary>A problem with this status, code and human-readable detail.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="code">A snake_case name that clients can switch on.</param>
    /// <param name="detail">What happened and what the caller can do; shown to people, so no internals.</param>
    /// <param name="extensions">Further members of the problem object, in snake_case.</param>
    public static ProblemHttpResult Create(int status, string code, string detail, IDictionary<string, object?>? extensions = null)
    {
        var members = new Dictionary<string, object?>(extensions ?? new Dictionary<string, object?>()) { ["code"] = code };
        return TypedResults.Problem(detail, statusCode: status, type: TypeOf(code), extensions: members);
    }

    /// <summary>400: the request is malformed in a way that no single field names.</summary>
    public static ProblemHttpResult BadRequest(string code, string detail) => Create(StatusCodes.Status400BadRequest, code, detail);

    /// <summary>404: there is no such thing, or it is not the caller's.</summary>
    public static ProblemHttpResult NotFound(string detail) => Create(StatusCodes.Status404NotFound, "not_found", detail);

    /// <summary>409: the state of the thing does not allow it.</summary>
    public static ProblemHttpResult Conflict(string code, string detail, IDictionary<string, object?>? extensions = null) =>
        Create(StatusCodes.Status409Conflict, code, detail, extensions);

    /// <summary>422: the request is well-formed but cannot be carried out.</summary>
    public static ProblemHttpResult Unprocessable(string code, string detail) => Create(StatusCodes.Status422UnprocessableEntity, code, detail);

    /// <summary>503: something this needs is down; the caller may try again.</summary>
    public static ProblemHttpResult Unavailable(string code, string detail) => Create(StatusCodes.Status503ServiceUnavailable, code, detail);

    /// <summary>The same request may be answered otherwise in a second: says so to the caller, and nobody keeps the answer for its Idempotency-Key.</summary>
    public static void SetMomentary(this HttpResponse response) => response.Headers.RetryAfter = "1";

    internal static string TypeOf(string code) => $"/problems/{code}";
}
