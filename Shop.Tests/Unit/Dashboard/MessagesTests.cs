using System.Net;
using System.Text.RegularExpressions;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Tests.Unit.Dashboard;

/// <summary>The messages of the services, and what an operator does with them.</summary>
public sealed partial class MessagesTests : IAsyncLifetime
{
    private FakeOperator _operator = null!;
    private RunningDashboard _dashboard = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        _operator = await FakeOperator.StartAsync();
        _dashboard = await RunningDashboard.StartAsync(_operator.Settings);
        _browser = await _dashboard.SignInAsync();
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _dashboard.DisposeAsync();
        await _operator.DisposeAsync();
    }

    [Fact]
    public async Task Queues_are_shown_with_those_that_belong_to_them_and_outboxes_with_what_waits()
    {
        var page = await GetAsync("/messages?queue=payment_queue");

        Assert.Equal(2, Regex.Count(page, "data-testid=\"queue-(?!details)")); // Retries and dead letters belong to their queue.
        Assert.Contains("data-testid=\"queue-just_declared\"", page, StringComparison.Ordinal);
        Assert.Contains("12.5", page, StringComparison.Ordinal);
        Assert.Contains("Retry after 1 s", page, StringComparison.Ordinal);
        Assert.Matches("href=\"/messages/payments/dead-letters\"[^>]*data-testid=\"dead-payment_queue\">1<", page);
        Assert.Matches("href=\"/messages/payments/outbox\\?state=parked\">1<", page);
        Assert.DoesNotContain("secret of", page, StringComparison.Ordinal);
        Assert.Equal(1, _operator.Tokens);
    }

    [Fact]
    public async Task A_dead_letter_is_shown_with_its_error_and_leads_to_its_trace()
    {
        var page = await GetAsync($"/messages/payments/dead-letters?type=order.created&errorType=Shop.Poison&id={FakeOperator.Letter}");

        Assert.Contains("&lt;no&gt; JSON", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<no>", page, StringComparison.Ordinal);
        Assert.Contains("at Handler", page, StringComparison.Ordinal);
        Assert.Contains("/traces/detail/0000000000000000000000000000002a", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dead-letters", "type=order.created&errorType=Shop.Poison", """{"message_ids":null,"type":"order.created","error_type":"Shop.Poison","dry_run":DRY}""")]
    [InlineData("dead-letters", $"id={FakeOperator.Letter}", $$"""{"message_ids":["{{FakeOperator.Letter}}"],"type":null,"error_type":null,"dry_run":DRY}""")]
    [InlineData("outbox", $"id={FakeOperator.Parked}", $$"""{"ids":["{{FakeOperator.Parked}}"],"type":null,"dry_run":DRY}""")]
    public async Task A_replay_is_a_dry_run_before_it_is_done(string kind, string choice, string asked)
    {
        var page = await GetAsync($"/messages/payments/{kind}?{choice}&replay=true");
        Assert.Contains("Dry run: 1 messages", page, StringComparison.Ordinal);
        Assert.Equal([$"{kind} {asked.Replace("DRY", "true", StringComparison.Ordinal)}"], _operator.Replays);

        var form = Form().Match(page).Value;
        var fields = Field().Matches(form).Select(field => KeyValuePair.Create(field.Groups[1].Value, field.Groups[2].Value));
        using var content = new FormUrlEncodedContent(fields);
        using var done = await _browser.PostAsync(new Uri("/messages/replay", UriKind.Relative), content);

        Assert.Contains("1 messages were sent again", await done.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal($"{kind} {asked.Replace("DRY", "false", StringComparison.Ordinal)}", _operator.Replays.Last());
    }

    [Fact]
    public async Task A_replay_needs_the_form_of_a_page_and_a_known_service()
    {
        using var forged = new FormUrlEncodedContent([new("service", "payments"), new("kind", "dead-letters"), new("type", "order.created")]);
        using var refused = await _browser.PostAsync(new Uri("/messages/replay", UriKind.Relative), forged);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(_operator.Replays);
        using var unknown = await _browser.GetAsync(new Uri("/messages/nobody/dead-letters", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_service_that_refuses_says_why_and_leaves_the_rest_of_the_page()
    {
        _operator.IsBroken = true;

        Assert.Contains("does not &lt;answer&gt;", await GetAsync("/messages/payments/dead-letters"), StringComparison.Ordinal);
        var overview = await GetAsync("/messages");
        Assert.Contains("No answer", overview, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"queue-payment_queue\"", overview, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_leaves_no_traces()
    {
        await GetAsync("/messages");

        var own = _dashboard.Services.GetRequiredService<OwnTraces>();
        Assert.NotEmpty(_operator.TraceParents);
        Assert.All(_operator.TraceParents, parent => Assert.True(TraceId.TryParse(parent.Split('-')[1], out var id) && own.Contains(id), parent));
        Assert.False(own.Contains(new TraceId(42)));
    }

    [Fact]
    public async Task Without_addresses_there_is_no_such_page()
    {
        await using var plain = await RunningDashboard.StartAsync();
        using var browser = await plain.SignInAsync();

        using var page = await browser.GetAsync(new Uri("/messages", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.DoesNotContain("nav-messages", await browser.GetStringAsync(new Uri("/traces", UriKind.Relative)), StringComparison.Ordinal);
    }

    private async Task<string> GetAsync(string path) => await _browser.GetStringAsync(new Uri(path, UriKind.Relative));

    [GeneratedRegex("<form class=\"replay\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Field();
}
