using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.Web.Admin.Messaging;

namespace Shop.Tests.Unit.Web.Admin;

/// <summary>Messages that somebody wrote to harm who looks at them, and figures that are missing.</summary>
public sealed class MessageMarkupTests
{
    private const string Evil = "<img src=x onerror=\"alert(1)\">\u202E'&";
    private static readonly DateTimeOffset Moment = DateTimeOffset.UnixEpoch;

    [Fact]
    public async Task What_a_group_is_called_is_text_and_no_markup()
    {
        var stuck = new StuckGroups([new("payments", "0123", Evil, $"Namespace.{Evil}", Evil, 3, Moment, Moment.AddHours(1))], [], 0);

        var readOnly = await RenderAsync<StuckGroupsTable>(new() { ["Kind"] = OperatorClient.DeadLetters, ["Stuck"] = stuck, ["MayReplay"] = false });
        Assert.DoesNotContain("<img", readOnly, StringComparison.Ordinal);
        Assert.Contains("&lt;img", readOnly, StringComparison.Ordinal);
        Assert.DoesNotContain("replay-group", readOnly, StringComparison.Ordinal);

        var mayReplay = await RenderAsync<StuckGroupsTable>(new() { ["Kind"] = OperatorClient.DeadLetters, ["Stuck"] = stuck, ["MayReplay"] = true });
        Assert.Contains("/admin/messages/replay?kind=dead-letters&amp;service=payments&amp;group=0123", mayReplay, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_links_only_to_messages_that_have_an_id()
    {
        var found = new FoundMessages([new("payments", null, Evil, Evil, Evil, null, Evil, Evil, null, null)], [], 1, 1, 1);

        var html = await RenderAsync<FoundMessagesTable>(new()
        {
            ["Kind"] = OperatorClient.DeadLetters, ["Found"] = found, ["Group"] = null, ["MayReplay"] = true, ["UrlOf"] = (int _) => "",
        });

        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"message\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("replay-group", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_and_body_are_shown_as_they_are_and_a_body_without_end_is_cut()
    {
        var html = await RenderAsync<MessageContent>(new()
        {
            ["Headers"] = new Dictionary<string, JsonNode?>
            {
                [Evil] = JsonValue.Create(Evil), ["nested"] = new JsonObject { ["a"] = Evil }, ["none"] = null,
            },
            ["Body"] = JsonValue.Create(new string('x', 200_000) + Evil),
        });

        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.Contains("nested", html, StringComparison.Ordinal);
        Assert.Contains("the first 100000 of", html, StringComparison.Ordinal);
        Assert.True(html.Length < 150_000, $"{html.Length}");
    }

    [Fact]
    public async Task A_service_that_did_not_answer_has_a_row_and_the_figures_of_the_others_are_there()
    {
        var figures = new MessageFigures(
            [
                new("orders", null, "no_answer"),
                new("payments", new QueueFigures("payment_queue", 7, 0, null, null, 2.5, [new(1, 2), new(5, 3)], 4, "unavailable"), null),
            ],
            [new("auth", new OutboxFigures(12, Moment, 3), null), new("orders", null, "503")],
            Moment.AddMinutes(90));

        var html = await RenderAsync<MessageFiguresView>(new() { ["Figures"] = figures });

        Assert.Equal(2, html.Split("data-testid=\"unavailable\"").Length - 1);
        Assert.Contains("No answer in time.", html, StringComparison.Ordinal);
        Assert.Contains("Rates are missing", html, StringComparison.Ordinal);
        Assert.Matches(
            "queue-payments.*<span>7</span>.*>–<.*>2.5<.*badge alarm\">0<.*after 1 s: 2, after 5 s: 3\"><span>5</span>", html.ReplaceLineEndings(""));
        Assert.Matches("dead-letters\\?service=payments\">4<", html);
        Assert.Matches("outbox-auth.*>12<.*1 h.*badge alarm\" href=\"/admin/messages/outbox\\?service=auth\">3<", html.ReplaceLineEndings(""));
    }

    private static async Task<string> RenderAsync<TComponent>(Dictionary<string, object?> parameters) where TComponent : IComponent
    {
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo("en"), CultureInfo.GetCultureInfo("en"));
        await using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }
}
