using System.Diagnostics;
using System.Text.Json;
using Shop.Web.Admin.Messaging;
using Shop.Web.Api;

namespace Shop.Tests.Unit.Web.Admin;

/// <summary>Services of which any may be away, slow or broken.</summary>
public sealed class AnswersTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_service_that_is_silent_delays_the_others_by_the_patience_and_no_more()
    {
        var started = Stopwatch.GetTimestamp();
        var answers = await Answers.AskAllAsync(["slow", "quick"], async (service, token) =>
        {
            if (service == "slow")
                await Task.Delay(Timeout.Infinite, token);
            return service.Length;
        }, Short, default);

        Assert.Equal([new("slow", 0, "no_answer"), new("quick", 5, null)], answers);
        Assert.InRange(Stopwatch.GetElapsedTime(started), Short / 2, Long / 2);
    }

    [Fact]
    public async Task A_failure_is_said_in_the_terms_of_the_texts()
    {
        (Exception Failure, string Problem)[] failures =
        [
            (new ApiException(503, "broker_unavailable", "", new Dictionary<string, string[]>()), "broker_unavailable"),
            (new ApiException(403, "", "", new Dictionary<string, string[]>()), "403"),
            (new ApiException(429, "too_many_requests", "", new Dictionary<string, string[]>()), "429"),
            (new HttpRequestException("connection refused"), "503"),
            (new JsonException("no JSON"), "500"),
        ];
        foreach (var (failure, problem) in failures)
            Assert.Equal(problem, (await Answers.AskAsync<string>("orders", (_, _) => throw failure, Long, default)).Problem);
    }

    [Fact]
    public async Task A_fault_of_our_own_and_a_reader_who_left_are_no_answers()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Answers.AskAsync<string>("orders", (_, _) => throw new InvalidOperationException(), Long, default));

        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Answers.AskAsync("orders", async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return "";
        }, Long, left.Token));
    }
}
