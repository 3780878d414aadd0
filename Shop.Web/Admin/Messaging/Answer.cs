using System.Globalization;
using System.Text.Json;
using Shop.Web.Api;

namespace Shop.Web.Admin.Messaging;

/// <summary>What one of the services said.</summary>
/// <param name="Service">Who was asked.</param>
/// <param name="Value">The answer.</param>
/// <param name="Problem">The key of the text that says why there is none; null when there is one.</param>
public sealed record Answer<T>(string Service, T? Value, string? Problem);

/// <summary>Asks services of which any may be away or slow; what the others say is shown all the same.</summary>
internal static class Answers
{
    /// <summary>What a service may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What a service may take that goes through its dead letters, each of which it has to fetch.</summary>
    public static readonly TimeSpan ForDeadLetters = TimeSpan.FromSeconds(8);

    /// <summary>Asks all of them at once.</summary>
    public static async Task<IReadOnlyList<Answer<T>>> AskAllAsync<T>(
        IEnumerable<string> services, Func<string, CancellationToken, Task<T>> ask, TimeSpan patience, CancellationToken cancellationToken) =>
        await Task.WhenAll(services.Select(service => AskAsync(service, ask, patience, cancellationToken)));

    /// <summary>Asks one.</summary>
    public static async Task<Answer<T>> AskAsync<T>(
        string service, Func<string, CancellationToken, Task<T>> ask, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(patience);
        try
        {
            return new Answer<T>(service, await ask(service, bound.Token), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && ProblemOf(exception) is not null)
        {
            return new Answer<T>(service, default, ProblemOf(exception));
        }
    }

    /// <summary>The key of the text that says what went wrong with a service; null for what is our own fault.</summary>
    public static string? ProblemOf(Exception exception) => exception switch
    {
        ApiException { Code: "broker_unavailable" } => "broker_unavailable",
        ApiException refused => refused.Status.ToString(CultureInfo.InvariantCulture),
        OperationCanceledException => "no_answer",
        JsonException => "500",
        _ when Outage.Is(exception) => "503",
        _ => null,
    };
}
