using Microsoft.AspNetCore.Authorization;
using Shop.Web.Admin.Messaging;

namespace Shop.Web.Admin;

/// <summary>The back office: a room for each thing that staff looks after.</summary>
internal static class AdminExtensions
{
    public static void AddAdmin(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, ForbiddenPages>();
        builder.AddMessages();
    }

    public static void MapAdmin(this WebApplication app)
    {
        app.MapGet("/admin", Enter).RequireAuthorization().ExcludeFromDescription();
        app.MapMessages();
    }

    private static IResult Enter(HttpContext context) => Room.OpenTo(context.User).FirstOrDefault() is { } room
        ? TypedResults.LocalRedirect(room.Path)
        : ForbiddenPages.Page([.. Room.All.Select(room => room.Permission)]);
}
