using System.Security.Claims;
using Shop.ServiceDefaults.Security;

namespace Shop.Web.Admin;

/// <summary>A part of the back office.</summary>
/// <param name="Name">What it is called in the texts: <c>room_{name}</c>.</param>
/// <param name="Path">Where it begins.</param>
/// <param name="Permission">Who may enter.</param>
internal sealed record Room(string Name, string Path, string Permission)
{
    /// <summary>All there are, in the order of the navigation.</summary>
    public static IReadOnlyList<Room> All { get; } = [new("messages", "/admin/messages", Permissions.MessagingRead)];

    /// <summary>Those that a user may enter; staff is who may enter any.</summary>
    public static IEnumerable<Room> OpenTo(ClaimsPrincipal user) => All.Where(room => user.Can(room.Permission));
}
