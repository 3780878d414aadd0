using System.Text.Json.Serialization;

namespace Shop.Messaging.Contracts;

/// <summary>A buyer was notified.</summary>
/// <param name="OrderId">The order it was about, if any.</param>
/// <param name="NotificationId">The notification.</param>
/// <param name="Channel"><c>email</c>, <c>sms</c> or <c>telegram</c>.</param>
/// <param name="Template">What it said: <c>payment_processed</c>, <c>payment_failed</c>, …</param>
public sealed record NotificationSent(Guid? OrderId, Guid NotificationId, string Channel, string Template) : IEvent
{
    /// <inheritdoc />
    public static string Type => "notification.sent";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => (OrderId ?? NotificationId).ToString();
}
