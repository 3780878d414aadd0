using System.Diagnostics.Metrics;
using Shop.Notifications.Notifications;

namespace Shop.Notifications.Diagnostics;

/// <summary>The instruments of notifications, on the meter <c>Shop.Notifications</c>.</summary>
internal sealed class NotificationMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _deliveries;

    public NotificationMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Shop.Notifications");
        _deliveries = _meter.CreateCounter<long>("shop.notifications.deliveries", "{notification}", "Recorded attempts to deliver a notification, by result");
    }

    public void Sent(Notification notification) => Count(notification, "sent");

    /// <summary>It could not be sent now, and is to be tried again.</summary>
    public void Retried(Notification notification) => Count(notification, "retried");

    /// <summary>It is given up.</summary>
    public void Failed(Notification notification) => Count(notification, "failed");

    public void Dispose() => _meter.Dispose();

    private void Count(Notification notification, string result) =>
        _deliveries.Add(1, new("channel", notification.Channel), new("template", notification.Template), new("result", result));
}

internal static class NotificationMetricsExtensions
{
    public static void AddNotificationMetrics(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<NotificationMetrics>();
}
