using Microsoft.EntityFrameworkCore;
using Shop.Auth.Data;
using RoleNames = Shop.ServiceDefaults.Security.Roles;

namespace Shop.Auth.Roles;

/// <summary>
/// Creates the built-in roles that are missing. What an operator changed stays; only the administrator's role
/// gains the permissions that a new version brings.
/// </summary>
internal sealed class RoleSeeder(IServiceScopeFactory scopes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDbContext>();
        foreach (var (name, permissions) in BuiltInRoles.All)
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO roles (name, permissions, built_in) VALUES ({name}, {permissions}, true)
                ON CONFLICT (name) DO UPDATE SET permissions = excluded.permissions
                WHERE roles.name = {RoleNames.Admin} AND roles.permissions <> excluded.permissions
                """, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
