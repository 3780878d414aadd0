using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shop.Messaging;
using Shop.Notifications.Data;
using Shop.Notifications.Delivery;
using Shop.Notifications.Diagnostics;
using Shop.Notifications.Email;
using Shop.Notifications.Notifications;
using Shop.Notifications.Templates;
using Shop.ServiceDefaults.Http;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Notifications;

/// <summary>The metrics and logs of notifications tell of attempts that are recorded, once.</summary>
[Collection(ShopGroup.Name)]
public sealed class NotificationMetricsTests(ShopFixture shop) : IDisposable
{
    private readonly Measurements _measured = new();
    private readonly TracedLog<NotificationSender> _log = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task An_attempt_is_counted_by_its_result_and_logged_in_the_trace_of_its_message()
    {
        using var metrics = new NotificationMetrics(_measured.Factory);
        await using var db = await OpenAsync();
        var attempts = await AttemptAsync(db);
        await Sender(db, metrics).RecordAsync(attempts);

        Assert.Equal((1, 1, 1), Counted());
        Assert.Equal(
            [(LogLevel.Information, attempts[0].Activity!.TraceId), (LogLevel.Error, attempts[2].Activity!.TraceId)],
            _log.Lines.Select(line => (line.Level, line.Trace!.Value)));
    }

    [Fact]
    public async Task An_attempt_that_another_has_taken_over_is_not_counted()
    {
        using var metrics = new NotificationMetrics(_measured.Factory);
        await using var db = await OpenAsync();
        var attempts = await AttemptAsync(db);
        await TakeOverAsync(db);
        await Sender(db, metrics).RecordAsync(attempts);
        foreach (var refusal in (EmailException?[])[null, new EmailException("No such box.", isPermanent: true)])
        {
            var outcome = await Sender(db, metrics, async () =>
            {
                await TakeOverAsync(db);
                if (refusal is not null)
                    throw refusal;
            }).SendNowAsync(await AddAsync(db, NotificationStatus.Sending), default);
            Assert.Equal(refusal is null ? SendOutcome.Sent : SendOutcome.Refused, outcome);
        }

        Assert.Empty(_measured.Sums);
        Assert.DoesNotContain(_log.Lines, line => line.Level is LogLevel.Information or LogLevel.Error);
    }

    [Fact]
    public async Task What_a_request_has_sent_is_counted()
    {
        using var metrics = new NotificationMetrics(_measured.Factory);
        await using var db = await OpenAsync();
        await Sender(db, metrics).SendNowAsync(await AddAsync(db, NotificationStatus.Sending), default);
        Assert.Equal((1, 0, 0), Counted());

        var full = Sender(db, metrics, () => throw new EmailException("The box is full.", isPermanent: false));
        await full.SendNowAsync(await AddAsync(db, NotificationStatus.Sending), default);
        Assert.Equal((1, 0, 1), Counted()); // Whether it is tried again is up to who asked.
    }

    /// <summary>Attempts that were made, each in a trace of its own: one that succeeded, one to be made again, one that was refused.</summary>
    private static async Task<DeliveryAttempt[]> AttemptAsync(NotificationsDbContext db)
    {
        List<DeliveryAttempt> attempts = [];
        foreach (var outcome in (SendOutcome[])[SendOutcome.Sent, SendOutcome.Unavailable, SendOutcome.Refused])
        {
            var notification = await AddAsync(db, NotificationStatus.Pending);
            Activity.Current = null;
            attempts.Add(new DeliveryAttempt(notification, outcome, outcome == SendOutcome.Sent ? "" : "Why.", new Activity("deliver").Start()));
        }
        return [.. attempts];
    }

    private static async Task<Notification> AddAsync(NotificationsDbContext db, NotificationStatus status) => (await Store(db).TryAddAsync(
        new NewNotification(
            Guid.CreateVersion7(), UserId: null, OrderId: null, "order_confirmed", Language.English, "buyer@example.com", new RenderedMessage("", "", "")),
        status, lease: true, default))!;

    private static Task<int> TakeOverAsync(NotificationsDbContext db) => db.Database.ExecuteSqlAsync($"UPDATE notifications SET attempts = attempts + 1");

    private static NotificationStore Store(NotificationsDbContext db) => new(db, Options.Create(new DeliveryOptions()));

    private NotificationSender Sender(NotificationsDbContext db, NotificationMetrics metrics, Func<Task>? send = null) => new(
        db, Store(db), new Email(send ?? (() => Task.CompletedTask)), new NoOutbox(), metrics, Options.Create(new DeliveryOptions()), _log);

    private async Task<NotificationsDbContext> OpenAsync() => new(
        new DbContextOptionsBuilder<NotificationsDbContext>().UseNpgsql(await shop.CreateDatabaseAsync<NotificationsDbContext>()).Options);

    private (double Sent, double Retried, double Failed) Counted() => (Sum("sent"), Sum("retried"), Sum("failed"));

    private double Sum(string result) =>
        _measured.Sums.GetValueOrDefault($"shop.notifications.deliveries{{channel=email,result={result},template=order_confirmed}}");

    private sealed class Email(Func<Task> send) : IEmailSender
    {
        public Task SendAsync(EmailMessage message, CancellationToken cancellationToken) => send();
    }

    /// <summary>Nobody listens to these messages.</summary>
    private sealed class NoOutbox : IOutbox
    {
        public Guid Add<TEvent>(TEvent message) where TEvent : IEvent => Guid.CreateVersion7();
    }
}
