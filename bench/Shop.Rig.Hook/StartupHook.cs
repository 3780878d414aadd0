using Shop.Rig.Hook;

#pragma warning disable CA1050 // The runtime finds the class by this name alone.
/// <summary>Called by the runtime in a service's process before the service's own code, by <c>DOTNET_STARTUP_HOOKS</c>.</summary>
internal static class StartupHook
{
    public static void Initialize() => FaultPointWatcher.Start(
        Environment.GetEnvironmentVariable("SHOP_RIG_DIRECTORY") ?? throw new InvalidOperationException("SHOP_RIG_DIRECTORY is not set."),
        Environment.GetEnvironmentVariable("SHOP_RIG_SERVICE") ?? throw new InvalidOperationException("SHOP_RIG_SERVICE is not set."));
}
