using Microsoft.Extensions.Options;
using RoleNames = Shop.ServiceDefaults.Security.Roles;

namespace Shop.Auth.Accounts;

/// <summary>Creates the administrator that the configuration names and, in Development, the demo users.</summary>
internal sealed partial class AccountSeeder(
    IServiceScopeFactory scopes, IOptions<AuthOptions> options, IHostEnvironment environment, ILogger<AccountSeeder> logger) : IHostedService
{
    private const string Language = "ru";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var auth = options.Value;
        if (auth.Admin.Email.Length > 0)
            await EnsureAsync(auth.Admin.Email, auth.Admin.Password, "Администратор", RoleNames.Admin, cancellationToken);

        if (environment.IsDevelopment() && auth.Demo.Password.Length > 0)
        {
            await EnsureAsync("demo@shop.local", auth.Demo.Password, "Демо-покупатель", RoleNames.Customer, cancellationToken);
            await EnsureAsync("manager@shop.local", auth.Demo.Password, "Демо-менеджер", RoleNames.Manager, cancellationToken);
        }
    }

    private async Task EnsureAsync(string email, string password, string name, string role, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryNormalize(email, out var address))
            throw new InvalidOperationException($"The configured address of the first {role} is not an e-mail address.");

        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountService>();
        if (await accounts.ExistsAsync(address, cancellationToken))
            return;

        if (PasswordRules.FindFault(password, address) is { } fault)
            throw new InvalidOperationException($"The configured password of the first {role} is refused: {fault}");

        accounts.Add(address, password, name, role, Language);
        if (await accounts.TrySaveNewAsync(cancellationToken)) // Another replica may have been quicker.
            Created(logger, role, address);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Created the first {Role}: {Email}")]
    private static partial void Created(ILogger logger, string role, string email);
}
