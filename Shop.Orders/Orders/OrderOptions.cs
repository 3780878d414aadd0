using System.ComponentModel.DataAnnotations;

namespace Shop.Orders.Orders;

/// <summary>Deadlines, from the configuration section <c>Orders</c>.</summary>
internal sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary>How long an order waits for its payment. The catalogue holds the stock somewhat longer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan PaymentDeadline { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After how long an orchestrated order that is still open counts as interrupted; longer than any orchestration runs.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan OrchestrationDeadline { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a paid order waits for its buyer to be told before it is confirmed without; longer than notifications
    /// goes on trying (some 40 minutes by default).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan NotificationDeadline { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often open orders past their deadline are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RecoveryInterval { get; set; } = TimeSpan.FromSeconds(15);
}
