using System.Net;
using Shop.ServiceDefaults.RateLimiting;

namespace Shop.Tests.Unit.RateLimiting;

public sealed class CallerNetworkTests
{
    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void Addresses_that_one_customer_can_take_share_a_limit(string one, string other, bool shared) =>
        Assert.Equal(shared, CallerLimits.NetworkOf(IPAddress.Parse(one)) == CallerLimits.NetworkOf(IPAddress.Parse(other)));
}
