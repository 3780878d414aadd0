using System.ComponentModel.DataAnnotations;
using Shop.Notifications.Email;
using Shop.Orders.Clients;

namespace Shop.Tests.Unit.Orders;

/// <summary>Orders must not give up a message that the mail server may still take.</summary>
public sealed class NotificationBoundTests
{
    /// <summary>What notifications needs besides the mail server: its database, the network, a token.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    [Fact]
    public void Orders_waits_longer_than_the_mail_server_may_take()
    {
        var longest = Enumerable.Range(1, 60).Last(seconds => IsAllowed(new SmtpOptions { TimeoutSeconds = seconds }));
        Assert.True(NotificationsClient.Bound >= TimeSpan.FromSeconds(longest) + Margin, $"{longest} s are allowed");
        Assert.True(IsAllowed(new SmtpOptions()));
    }

    private static bool IsAllowed(SmtpOptions options) => Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true);
}
