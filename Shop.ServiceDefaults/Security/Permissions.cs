namespace Shop.ServiceDefaults.Security;

/// <summary>The permissions that endpoints ask for; Auth gives them to roles and writes them into the token.</summary>
public static class Permissions
{
    /// <summary>See and change users.</summary>
    public const string UsersManage = "users.manage";

    /// <summary>See and change roles and what they permit.</summary>
    public const string RolesManage = "roles.manage";

    /// <summary>Change products, categories and stock.</summary>
    public const string CatalogWrite = "catalog.write";

    /// <summary>Hold, commit and release stock for an order; given to services.</summary>
    public const string CatalogReserve = "catalog.reserve";

    /// <summary>See every buyer's orders.</summary>
    public const string OrdersReadAll = "orders.read.all";

    /// <summary>See every buyer's payments.</summary>
    public const string PaymentsReadAll = "payments.read.all";

    /// <summary>Charge an order; given to services.</summary>
    public const string PaymentsProcess = "payments.process";

    /// <summary>Give a buyer's money back.</summary>
    public const string PaymentsRefund = "payments.refund";

    /// <summary>Put money into any wallet.</summary>
    public const string PaymentsDeposit = "payments.deposit";

    /// <summary>See every notification.</summary>
    public const string NotificationsReadAll = "notifications.read.all";

    /// <summary>Send a notification; given to services.</summary>
    public const string NotificationsSend = "notifications.send";

    /// <summary>Look at the messages a service has to send, and at those that were parked.</summary>
    public const string MessagingRead = "messaging.read";

    /// <summary>Have parked messages sent or handled again; goes with <see cref="MessagingRead"/>.</summary>
    public const string MessagingReplay = "messaging.replay";
}
