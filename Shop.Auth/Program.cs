using Shop.Auth.Accounts;
using Shop.Auth.Data;
using Shop.Auth.Keys;
using Shop.Auth.Roles;
using Shop.Auth.Sessions;
using Shop.Auth.Users;
using Shop.Messaging;
using Shop.Messaging.Operations;
using Shop.ServiceDefaults.Database;

var builder = WebApplication.CreateBuilder(args);
builder.AddSigningKeys(); // First: Auth checks its own tokens with them, not through its own HTTP.
builder.AddServiceDefaults();
builder.AddServiceDatabase<AuthDbContext>("authdb", savepoints: true);
builder.AddMessaging<AuthDbContext>();
builder.AddRoles();
builder.AddAccounts();
builder.AddSessions();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapKeys();
app.MapAccounts();
app.MapSessions();
app.MapUsers();
app.MapRoles();
app.MapMessaging();
app.Run();
