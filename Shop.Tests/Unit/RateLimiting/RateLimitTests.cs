using System.Globalization;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.RateLimiting;
using Shop.ServiceDefaults.Security;

namespace Shop.Tests.Unit.RateLimiting;

public sealed class RateLimitTests
{
    private static readonly RateLimitOptions Tight = new() { PerSecond = 1, Burst = 3, ServicePerSecond = 50, CredentialsPerMinute = 2 };

    [Fact]
    public void Each_caller_has_a_bucket_of_its_own()
    {
        using var limits = new CallerLimits(Options.Create(Tight));

        Assert.Equal(3, Allowed(10, () => limits.AcquireRequest(From("10.0.0.1"))));
        Assert.Equal(3, Allowed(10, () => limits.AcquireRequest(From("10.0.0.2"))));
        Assert.Equal(3, Allowed(10, () => limits.AcquireRequest(From("10.0.0.1", "user-1"))));
        Assert.Equal(3, Allowed(10, () => limits.AcquireRequest(From("10.0.0.1", "user-2"))));
        Assert.Equal(50, Allowed(60, () => limits.AcquireRequest(From("10.0.0.1", "orders", Roles.Service))));
    }

    [Fact]
    public void Attempts_with_credentials_are_counted_by_address_whoever_signs_in()
    {
        using var limits = new CallerLimits(Options.Create(Tight));

        Assert.Equal(2, Allowed(5, () => limits.AcquireCredentialAttempt(From("10.0.0.1"))));
        Assert.Equal(0, Allowed(5, () => limits.AcquireCredentialAttempt(From("10.0.0.1", "user-1"))));
        Assert.Equal(2, Allowed(5, () => limits.AcquireCredentialAttempt(From("10.0.0.2"))));
    }

    [Fact]
    public void A_forwarded_address_is_believed_from_a_service_only()
    {
        using var limits = new CallerLimits(Options.Create(Tight));

        var number = 0;
        HttpContext Forwarded(string? subject, string? role)
        {
            var context = From("10.0.0.1", subject, role);
            context.Request.Headers[RateLimitExtensions.ForwardedForHeader] = $"192.0.2.{(++number).ToString(CultureInfo.InvariantCulture)}";
            return context;
        }

        Assert.Equal(20, Allowed(20, () => limits.AcquireCredentialAttempt(Forwarded("web", Roles.Service))));
        Assert.Equal(2, Allowed(20, () => limits.AcquireCredentialAttempt(Forwarded(null, null))));
    }

    private static int Allowed(int tries, Func<System.Threading.RateLimiting.RateLimitLease> acquire) =>
        Enumerable.Range(0, tries).Count(_ =>
        {
            using var lease = acquire();
            return lease.IsAcquired;
        });

    private static DefaultHttpContext From(string address, string? subject = null, string? role = null)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
        if (subject is not null)
        {
            List<Claim> claims = [new("sub", subject)];
            if (role is not null)
                claims.Add(new Claim("role", role));
            context.User = new ClaimsPrincipal(new ClaimsIdentity(claims, "test"));
        }

        return context;
    }
}
