namespace Shop.AppHost;

/// <summary>What keeps the application from starting.</summary>
internal static class Refusals
{
    /// <summary>Runs the application to its end. What a person has to put right is said by itself, without a stack trace.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunOrSayWhyAsync(this DistributedApplication app)
    {
        await using var running = app;
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (DistributedApplicationException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return 1;
        }
    }
}
