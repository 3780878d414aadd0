using Shop.Sandbox;

// The stand-ins for the outside world in development. Nothing here is for production.
await using var app = SandboxApplication.Build(args);
await app.RunAsync();
