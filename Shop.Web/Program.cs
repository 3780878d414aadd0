using Shop.ServiceDefaults.Security;
using Shop.Web.Account;
using Shop.Web.Api;
using Shop.Web.Cart;
using Shop.Web.Catalog;
using Shop.Web.Checkout;
using Shop.Web.Layout;
using Shop.Web.Localization;
using Shop.Web.Orders;
using Shop.Web.Security;
using Shop.Web.Wallet;

var builder = WebApplication.CreateBuilder(args);
builder.AddErrorPages(); // First: a person is shown a page, where other services answer with problem details.
builder.AddServiceDefaults();
builder.AddRedisClient("redis");
builder.AddSharedDataProtection();
builder.Services.AddRazorComponents();
builder.AddLanguages();
builder.AddAccounts();
builder.AddCarts();
builder.AddApiClient<CatalogClient>("catalog");
builder.AddUserClient<OrdersClient>("orders");
builder.AddUserClient<PaymentsClient>("payments");

var app = builder.Build();
app.UseSecurityHeaders();
app.UseLanguages();
app.UseServiceDefaults();
app.UseAntiforgery();
app.MapDefaultEndpoints();
app.MapStaticAssets();
app.MapAccounts();
app.MapCart();
app.MapCheckout();
app.MapProductPictures();
app.MapOrderStatus();
app.MapRazorComponents<App>();
app.Run();
