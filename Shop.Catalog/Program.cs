using Shop.Catalog.Categories;
using Shop.Catalog.Data;
using Shop.Catalog.Demo;
using Shop.Catalog.Diagnostics;
using Shop.Catalog.Products;
using Shop.Catalog.Reservations;
using Shop.Catalog.Stock;
using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Messaging.Operations;
using Shop.Messaging.Topology;
using Shop.ServiceDefaults.Database;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddServiceDatabase<CatalogDbContext>("catalogdb");
builder.AddMessaging<CatalogDbContext>(ShopTopology.CatalogQueue, handlers => handlers
    .On<PaymentProcessed, CommitPaidOrder>()
    .On<PaymentFailed, ReleaseUnpaidOrder>()
    .On<OrderCancelled, ReleaseCancelledOrder>()
    .On<OrderExpired, ReleaseExpiredOrder>());
builder.AddProductListCache();
builder.AddReservations();
builder.AddDemoCatalogue();
builder.AddCatalogMetrics();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapProducts();
app.MapProductAdministration();
app.MapCategories();
app.MapStock();
app.MapReservations();
app.MapDemoProducts();
app.MapMessaging();
app.Run();
