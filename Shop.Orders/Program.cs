using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Operations;
using Shop.Messaging.Topology;
using Shop.Orders.Clients;
using Shop.Orders.Data;
using Shop.Orders.Diagnostics;
using Shop.Orders.Orders;
using Shop.Orders.Orders.Choreography;
using Shop.Orders.Orders.Orchestration;
using Shop.Orders.Orders.Recovery;
using Shop.ServiceDefaults.Database;
using Shop.ServiceDefaults.Security;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddServiceDatabase<OrdersDbContext>("ordersdb");
builder.AddMessaging<OrdersDbContext>(ShopTopology.OrderQueue, handlers => handlers
    .On<PaymentPending, AwaitPayment>()
    .On<PaymentProcessed, MarkOrderPaid>()
    .On<PaymentFailed, FailOrder>()
    .On<PaymentRefunded, RecordRefund>()
    .On<NotificationSent, ConfirmNotifiedOrder>());
builder.AddServiceClient<CatalogClient>("catalog");
builder.AddServiceClient<PaymentsClient>("payments");
builder.AddServiceClient<NotificationsClient>("notifications");
builder.AddOrders();
builder.AddOrchestration();
builder.AddOrderRecovery();
builder.AddOrderDiagnostics();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapOrders();
app.MapMessaging();
app.Run();
