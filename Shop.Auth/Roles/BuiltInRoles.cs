using Shop.ServiceDefaults.Security;
using RoleNames = Shop.ServiceDefaults.Security.Roles;

namespace Shop.Auth.Roles;

/// <summary>The roles that always exist, with what they permit in a new database.</summary>
internal static class BuiltInRoles
{
    private static readonly string[] Everything =
    [
        Permissions.UsersManage, Permissions.RolesManage,
        Permissions.CatalogWrite, Permissions.CatalogReserve,
        Permissions.OrdersReadAll,
        Permissions.PaymentsReadAll, Permissions.PaymentsProcess, Permissions.PaymentsRefund, Permissions.PaymentsDeposit,
        Permissions.NotificationsReadAll, Permissions.NotificationsSend,
        Permissions.MessagingRead, Permissions.MessagingReplay,
    ];

    public static IReadOnlyDictionary<string, string[]> All { get; } = new Dictionary<string, string[]>
    {
        [RoleNames.Customer] = [],
        [RoleNames.Manager] =
        [
            Permissions.CatalogWrite, Permissions.OrdersReadAll, Permissions.PaymentsReadAll,
            Permissions.PaymentsRefund, Permissions.NotificationsReadAll,
        ],
        [RoleNames.Admin] = Everything,
    };
}
