using System.Globalization;
using System.Text;

namespace Shop.AppHost.Operations;

/// <summary>What operators and developers do from the dashboard, as commands of the resources.</summary>
internal static class OperatorCommands
{
    private const string DryRun = "dry_run";

    /// <summary>Adds "Dead letters" and "Replay dead letters" to a service that consumes a queue.</summary>
    public static void AddDeadLetterCommands(this IResourceBuilder<ProjectResource> service, ShopUser operatingUser)
    {
        var api = new DeadLetters(operatingUser, service.GetEndpoint("http"));
        service.WithCommand("dead-letters", "Dead letters", context => AnswerAsync(async () =>
        {
            var groups = await api.ListAsync(context.CancellationToken);
            return groups.Count == 0
                ? CommandResults.Success("There are no dead letters.")
                : CommandResults.Success(
                    $"{groups.Sum(group => group.Count)} dead letters", Table(groups), CommandResultFormat.Markdown, displayImmediately: true);
        }), new CommandOptions
        {
            Description = "What the service was told and could not handle, by type and error.",
            IconName = "MailAlert",
        });
        service.WithCommand("replay-dead-letters", "Replay dead letters", context => AnswerAsync(async () =>
        {
            var dryRun = context.Arguments.GetBoolean(DryRun);
            var (chosen, replayed) = await api.ReplayAsync(dryRun, context.CancellationToken);
            return CommandResults.Success(dryRun
                ? $"A dry run: {chosen} dead letters would be handled again."
                : $"{replayed} of {chosen} dead letters are handled again.");
        }), new CommandOptions
        {
            Description = "Has all of them handled again. What was handled already stays as it is.",
            ConfirmationMessage = "Have the dead letters of this service handled again?",
            IconName = "ArrowRepeatAll",
            Arguments = [new InteractionInput { Name = DryRun, Label = "Dry run: only count them", InputType = InputType.Boolean, Value = "true" }],
        });
    }

    /// <summary>Adds "Fill with 100,000 products" to the catalogue.</summary>
    public static void AddFillCommand(this IResourceBuilder<ProjectResource> catalog, ShopUser operatingUser) =>
        catalog.WithCommand("fill", "Fill with 100,000 products", context => AnswerAsync(async () =>
        {
            var added = await new DemoData(operatingUser, catalog.GetEndpoint("http")).FillAsync(context.CancellationToken);
            return CommandResults.Success($"{added.ToString("N0", CultureInfo.InvariantCulture)} products were added.");
        }), new CommandOptions
        {
            Description = "Copies of the demo products, for a look at search and paging in a large catalogue.",
            ConfirmationMessage = "Add copies of the demo products until there are 100,000? Only a reset of the development data removes them.",
            IconName = "BoxMultiple",
        });

    /// <summary>Adds "Place a hundred demo orders" to the orders.</summary>
    public static void AddDemoOrdersCommand(
        this IResourceBuilder<ProjectResource> orders, ShopUser buyer, IResourceBuilder<ProjectResource> payments) =>
        orders.WithCommand("demo-orders", "Place a hundred demo orders", context => AnswerAsync(async () =>
        {
            var outcomes = await new DemoData(buyer, orders.GetEndpoint("http")).OrderAsync(payments.GetEndpoint("http"), context.CancellationToken);
            return CommandResults.Success(string.Join(", ", outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}")));
        }), new CommandOptions
        {
            Description = "The demo buyer fills the wallet and buys phones and laptops.",
            ConfirmationMessage = "Place a hundred orders as the demo buyer?",
            IconName = "Cart",
        });

    /// <summary>Adds "Reset the development data" to the database server.</summary>
    public static void AddResetCommand(this IResourceBuilder<PostgresServerResource> postgres, DevelopmentData data) =>
        postgres.WithCommand("reset", "Reset the development data", context => AnswerAsync(async () =>
        {
            await data.ResetAsync(context.Services, context.CancellationToken);
            return CommandResults.Success("All databases, queues, caches and mails are as new; the services start.");
        }), new CommandOptions
        {
            Description = "Stops the services, empties databases, queues, cache and mails, and starts the services.",
            ConfirmationMessage = "Delete all orders, accounts, messages and mails of this development shop? There is no way back.",
            IconName = "DeleteDismiss",
        });

    private static string Table(IReadOnlyList<DeadLetterGroup> groups)
    {
        var table = new StringBuilder("| messages | type | error |\n|---:|---|---|\n");
        foreach (var group in groups)
            table.AppendLine(CultureInfo.InvariantCulture, $"| {group.Count} | {Cell(group.Type)} | {Cell(group.ErrorType)}: {Cell(group.Error)} |");
        return table.ToString();
    }

    // What a message and its error say is data: it must not become markup.
    private static string Cell(string? text) => text is null ? "" : $"`{text.Replace('`', '\'').Replace('|', '/').ReplaceLineEndings(" ")}`";

    private static async Task<ExecuteCommandResult> AnswerAsync(Func<Task<ExecuteCommandResult>> act)
    {
        try
        {
            return await act();
        }
        catch (HttpRequestException refusal)
        {
            return CommandResults.Failure(refusal.Message);
        }
    }
}
