namespace Shop.ServiceDefaults.Security;

/// <summary>The roles that always exist.</summary>
public static class Roles
{
    /// <summary>Buys; owns what it makes.</summary>
    public const string Customer = "customer";

    /// <summary>Runs the shop's day: catalogue, orders, refunds.</summary>
    public const string Manager = "manager";

    /// <summary>May do everything.</summary>
    public const string Admin = "admin";

    /// <summary>Another service of the shop, signed in with client credentials.</summary>
    public const string Service = "service";
}
