using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Operations;
using Shop.Messaging.Topology;
using Shop.Payments.Data;
using Shop.Payments.Diagnostics;
using Shop.Payments.Ledger;
using Shop.Payments.Payments;
using Shop.Payments.Wallets;
using Shop.ServiceDefaults.Database;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddServiceDatabase<PaymentsDbContext>("paymentsdb");
builder.AddMessaging<PaymentsDbContext>(ShopTopology.PaymentQueue, handlers => handlers
    .On<UserRegistered, OpenWallet>()
    .On<OrderCreated, ChargeOrder>()
    .On<OrderCancelled, CancelPayment>()
    .On<OrderExpired, CancelPayment>());
builder.AddLedger();
builder.AddWallets();
builder.AddPayments();
builder.AddPaymentDiagnostics();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapPayments();
app.MapPaymentProcessing();
app.MapWallets();
app.MapLedger();
app.MapMessaging();
app.Run();
