using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Operations;
using Shop.Messaging.Topology;
using Shop.Notifications.Data;
using Shop.Notifications.Delivery;
using Shop.Notifications.Diagnostics;
using Shop.Notifications.Email;
using Shop.Notifications.Notifications;
using Shop.Notifications.Recipients;
using Shop.Notifications.Templates;
using Shop.ServiceDefaults.Database;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddServiceDatabase<NotificationsDbContext>("notificationsdb");
builder.AddMessaging<NotificationsDbContext>(ShopTopology.NotificationQueue, handlers => handlers
    .On<UserRegistered, RememberRecipient>()
    .On<OrderCreated, RememberOrder>()
    .On<PaymentProcessed, TellPaymentProcessed>()
    .On<PaymentFailed, TellPaymentFailed>()
    .On<PaymentRefunded, TellPaymentRefunded>());
builder.Services.AddSingleton(new MessageTemplates());
builder.AddEmail();
builder.AddDelivery();
builder.AddNotificationMetrics();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapNotifications();
app.MapSending();
app.MapPreferences();
app.MapMessaging();
app.Run();
