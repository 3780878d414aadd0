using Shop.AppHost;
using Shop.AppHost.LocalServers;
using Shop.AppHost.Operations;

var builder = DistributedApplication.CreateBuilder(args);
builder.UseFreePorts();
builder.UseNoCertificates();

// Parameters: what is not given is generated once and kept in the user secrets.
var adminEmail = builder.AddParameter("admin-email", () => builder.GivenParameter("admin-email") ?? Welcome.AdminEmail)
    .WithDescription("The first administrator's address.");
var adminPassword = builder.AddGeneratedSecret("admin-password", "The first administrator's password, from the first start on.");
var demoPassword = builder.AddGeneratedSecret("demo-password", "The password of the demo buyer and the demo manager.");
var keyEncryptionKey = builder.AddGeneratedSecret("key-encryption-key", "Encrypts the keys that sign tokens, in the database of auth.");
var dataProtectionKey = builder.AddGeneratedSecret("data-protection-key", "Encrypts the keys of cookies and bot sessions, in Redis.");
var telegramToken = builder.AddTelegramToken();

// Servers, in containers or as processes
var postgres = builder.AddPostgres("postgres", port: 5432).WithDataVolume("postgres").WithConnectionsFor(builder.GetReplicas()).RunAsProcess();
var rabbitmq = builder.AddRabbitMQ("rabbitmq", port: 5672).WithManagementPlugin(15672).WithDataVolume("rabbitmq").RunAsProcess();
var redis = builder.AddRedis("redis", port: 6379).WithDataVolume("redis").RunAsProcess();

var authdb = new ServiceDatabase(postgres, "authdb");
var catalogdb = new ServiceDatabase(postgres, "catalogdb");
var ordersdb = new ServiceDatabase(postgres, "ordersdb");
var paymentsdb = new ServiceDatabase(postgres, "paymentsdb");
var notificationsdb = new ServiceDatabase(postgres, "notificationsdb");

var auth = builder.AddProject<Projects.Shop_Auth>("auth")
    .WithDatabase(authdb)
    .WithBroker(rabbitmq)
    .WithEnvironment("Auth__Admin__Email", adminEmail)
    .WithEnvironment("Auth__Admin__Password", adminPassword)
    .WithEnvironment("Auth__Demo__Password", demoPassword)
    .WithEnvironment("Auth__KeyEncryptionKey", keyEncryptionKey)
    .AsShopService();

var catalog = builder.AddProject<Projects.Shop_Catalog>("catalog")
    .WithDatabase(catalogdb)
    .WithBroker(rabbitmq)
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .AsShopService();

var payments = builder.AddProject<Projects.Shop_Payments>("payments")
    .WithDatabase(paymentsdb)
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .AsShopService();

var notifications = builder.AddProject<Projects.Shop_Notifications>("notifications")
    .WithDatabase(notificationsdb)
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .WithEnvironment("Notifications__PickupDirectory", builder.GetMailDirectory())
    .AsShopService();

var orders = builder.AddProject<Projects.Shop_Orders>("orders")
    .WithDatabase(ordersdb)
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(payments)
    .WithReference(notifications)
    .AsShopService();

// Plays the outside world in development.
var sandbox = builder.AddProject<Projects.Shop_Sandbox>("sandbox")
    .WithEnvironment("Telegram__Token", telegramToken)
    .WithHttpHealthCheck("/health")
    .WithPage("Telegram chat", "/telegram");

var web = builder.AddProject<Projects.Shop_Web>("web")
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(orders)
    .WithReference(payments)
    .WithReference(notifications)
    .WithEnvironment("DataProtection__Key", dataProtectionKey)
    .WithExternalHttpEndpoints()
    .AsShopService()
    .WithPage("Storefront");

builder.AddProject<Projects.Shop_TelegramBot>("telegrambot")
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(orders)
    .WithEnvironment("DataProtection__Key", dataProtectionKey)
    .WithTelegram(telegramToken, sandbox)
    .WithHttpHealthCheck("/health");

// What the dashboard shows, and what can be done from it
foreach (var api in new[] { auth, catalog, payments, notifications, orders })
    api.WithPage("Swagger", "/swagger");
var administrator = new ShopUser(auth.GetEndpoint("http"), adminEmail.Resource, adminPassword.Resource);
foreach (var consumer in new[] { catalog, payments, notifications, orders })
    consumer.AddDeadLetterCommands(administrator);
catalog.AddFillCommand(administrator);
var demoBuyer = new ShopUser(auth.GetEndpoint("http"), ReferenceExpression.Create($"{Welcome.BuyerEmail}"), demoPassword.Resource);
orders.AddDemoOrdersCommand(demoBuyer, payments);
postgres.AddResetCommand(new DevelopmentData(
    [authdb, catalogdb, ordersdb, paymentsdb, notificationsdb], rabbitmq.Resource, redis.Resource, builder.GetMailDirectory()));

builder.StartBuiltAssemblies();
builder.AddWelcome(rabbitmq);
return await builder.Build().RunOrSayWhyAsync();
