using Aspire.Hosting.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shop.Auth;
using Shop.Auth.Data;
using Shop.Auth.Keys;
using Shop.ServiceDefaults.Security;

namespace Shop.Tests.Integration.Auth;

/// <summary>Auth over a database whose signing key it cannot read.</summary>
[Collection(ShopGroup.Name)]
public sealed class SigningKeyTests(ShopFixture shop)
{
    [Fact]
    public async Task With_another_key_encryption_key_it_does_not_start_and_says_why()
    {
        await using var services = await CreateAsync("ES256");
        var check = services.GetRequiredService<SigningKeyCheck>();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => check.StartAsync(CancellationToken.None));
        Assert.Contains("Auth:KeyEncryptionKey", failure.Message, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, (await check.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task With_a_shared_secret_the_key_is_not_needed()
    {
        await using var services = await CreateAsync("HS256");
        var check = services.GetRequiredService<SigningKeyCheck>();

        await check.StartAsync(CancellationToken.None);
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    private async Task<ServiceProvider> CreateAsync(string algorithm)
    {
        var connection = await shop.App.GetConnectionStringAsync("authdb", CancellationToken.None);
        return new ServiceCollection()
            .AddDbContext<AuthDbContext>(options => options.UseNpgsql(connection))
            .AddSingleton(Options.Create(new AuthOptions { KeyEncryptionKey = "not the key that the database has" }))
            .AddSingleton(Options.Create(new TokenOptions { Algorithm = algorithm }))
            .AddSingleton(TimeProvider.System)
            .AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>))
            .AddSingleton<KeyProtector>()
            .AddSingleton<KeyRing>()
            .AddSingleton<SigningKeyCheck>()
            .BuildServiceProvider();
    }
}
