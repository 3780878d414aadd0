using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Shop.ServiceDefaults.Security;
using Shop.Web.Admin;
using Shop.Web.Layout;

namespace Shop.Tests.Unit.Web.Admin;

/// <summary>Who may enter which room of the back office.</summary>
public sealed class PermissionTests
{
    [Fact]
    public void Every_page_of_the_back_office_asks_for_a_permission()
    {
        var pages = typeof(App).Assembly.GetTypes()
            .Where(type => type.GetCustomAttributes<RouteAttribute>().Any(route => route.Template.StartsWith("/admin", StringComparison.Ordinal)))
            .ToList();

        Assert.NotEmpty(pages);
        Assert.All(pages, page => Assert.True(page.GetCustomAttributes<RequirePermissionAttribute>().Any(), page.Name));
    }

    [Fact]
    public void A_room_is_open_to_those_who_have_its_permission()
    {
        Assert.Empty(Room.OpenTo(User(signedIn: false)));
        Assert.Empty(Room.OpenTo(User(signedIn: true, Permissions.OrdersReadAll, Permissions.MessagingReplay)));
        Assert.Equal("messages", Assert.Single(Room.OpenTo(User(signedIn: true, Permissions.MessagingRead))).Name);
    }

    [Fact]
    public async Task A_page_is_shown_only_with_all_its_permissions()
    {
        var services = new ServiceCollection().AddLogging().AddAuthorization().BuildServiceProvider();
        var authorization = services.GetRequiredService<IAuthorizationService>();
        var requirements = new[] { Permissions.MessagingRead, Permissions.MessagingReplay }
            .SelectMany(permission => new RequirePermissionAttribute(permission).GetRequirements()).ToList();

        var reader = User(signedIn: true, Permissions.MessagingRead);
        Assert.False((await authorization.AuthorizeAsync(reader, null, requirements)).Succeeded);
        var operating = User(signedIn: true, Permissions.MessagingRead, Permissions.MessagingReplay);
        Assert.True((await authorization.AuthorizeAsync(operating, null, requirements)).Succeeded);
    }

    private static ClaimsPrincipal User(bool signedIn, params IEnumerable<string> permissions) => new(new ClaimsIdentity(
        permissions.Select(permission => new Claim(TokenAuthentication.PermissionClaim, permission)), signedIn ? "test" : null));
}
