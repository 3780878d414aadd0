using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;
using Shop.ServiceDefaults.Database;

namespace Shop.ServiceDefaults.Errors;

/// <summary>Turns what was thrown into problem details. What is unknown becomes a bare 500: its text stays in the log.</summary>
internal sealed partial class ExceptionProblemHandler(
    IProblemDetailsService problems,
    ILogger<ExceptionProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var (status, code, detail) = Describe(exception);
        if (status >= StatusCodes.Status500InternalServerError)
            Failed(logger, exception, context.Request.Method, context.Request.Path);
        if (status == StatusCodes.Status503ServiceUnavailable || exception is ProblemException { IsMomentary: true })
            context.Response.SetMomentary();

        context.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            Exception = exception,
            ProblemDetails = new ProblemDetails
            {
                Status = status,
                Type = Problems.TypeOf(code),
                Detail = detail,
                Extensions = { ["code"] = code },
            },
        });
    }

    private static (int Status, string Code, string Detail) Describe(Exception exception) => exception switch
    {
        ProblemException problem => (problem.Status, problem.Code, problem.Message),
        BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, "invalid_json", Describe(json)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, "body_too_large", "The request body is larger than this endpoint takes."),
        BadHttpRequestException bad => (bad.StatusCode, "bad_request", WithoutTypes(bad.Message)),
        _ when HasUnstorableText(exception) =>
            (StatusCodes.Status400BadRequest, "invalid_text", "A text holds a character that cannot be stored, such as NUL."),
        _ when TransientErrors.IsTransient(exception) =>
            (StatusCodes.Status503ServiceUnavailable, "unavailable", "The service is busy or restarting. Try again."),
        _ when IsUnreachable(exception) =>
            (StatusCodes.Status503ServiceUnavailable, "dependency_unavailable", "A service that this needs cannot be reached. Try again."),
        _ => (StatusCodes.Status500InternalServerError, "internal_error", "Something went wrong on our side."),
    };

    /// <remarks>JSON and addresses may hold U+0000, PostgreSQL's text may not; no field has a use for it, so it is refused in one place.</remarks>
    private static bool HasUnstorableText(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)
            is { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter };

    /// <remarks>
    /// A call of ours that failed, timed out, or was not made because the circuit is open, perhaps wrapped once more.
    /// </remarks>
    private static bool IsUnreachable(Exception exception) =>
        exception is HttpRequestException or ExecutionRejectedException or TimeoutException or TaskCanceledException { InnerException: TimeoutException }
        || (exception.InnerException is { } cause && IsUnreachable(cause));

    /// <remarks>The path names the caller's own input; the reader's message would name our types.</remarks>
    private static string Describe(JsonException exception)
    {
        if (exception.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return $"Unknown field at {exception.Path ?? "$"}.";
        return MissingFields().Match(exception.Message) is { Success: true } missing
            ? $"Missing at {exception.Path ?? "$"}: {missing.Groups["names"].Value.Replace("'", "", StringComparison.Ordinal)}."
            : $"The JSON is not valid at {exception.Path ?? "$"}, line {exception.LineNumber + 1}.";
    }

    /// <summary>The framework names a parameter with its .NET type: <c>"Nullable&lt;decimal&gt; MinPrice"</c>; the caller knows it as <c>"min_price"</c>.</summary>
    private static string WithoutTypes(string message) =>
        TypedParameter().Replace(message, match => $"\"{JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value)}\"");

    [GeneratedRegex(@"missing required properties including: (?<names>'[\w', ]+')")]
    private static partial Regex MissingFields();

    [GeneratedRegex(@"(?<=parameter )""[^"" ]+ (?<name>\w+)""")]
    private static partial Regex TypedParameter();

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string method, string path);
}
