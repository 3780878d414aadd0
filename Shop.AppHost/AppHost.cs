using Shop.AppHost;
using Shop.AppHost.LocalServers;

var builder = DistributedApplication.CreateBuilder(args);
builder.UseFreePorts();

// Parameters: what is not given is generated once and kept in the user secrets.
var adminEmail = builder.AddParameter("admin-email", () => builder.GivenParameter("admin-email") ?? Welcome.AdminEmail);
var adminPassword = builder.AddGeneratedSecret("admin-password");
var demoPassword = builder.AddGeneratedSecret("demo-password");
var keyEncryptionKey = builder.AddGeneratedSecret("key-encryption-key");
var dataProtectionKey = builder.AddGeneratedSecret("data-protection-key");
var telegramToken = builder.AddTelegramToken();

// Servers
var postgres = builder.AddPostgres("postgres", port: 5432).WithDataVolume("postgres").RunAsProcess();
var rabbitmq = builder.AddRabbitMQ("rabbitmq", port: 5672).WithManagementPlugin(15672).WithDataVolume("rabbitmq").RunAsProcess();
var redis = builder.AddRedis("redis", port: 6379).WithDataVolume("redis").RunAsProcess();

var auth = builder.AddProject<Projects.Shop_Auth>("auth")
    .WithDatabase(postgres.AddServiceDatabase("authdb"))
    .WithBroker(rabbitmq)
    .WithEnvironment("Auth__Admin__Email", adminEmail)
    .WithEnvironment("Auth__Admin__Password", adminPassword)
    .WithEnvironment("Auth__Demo__Password", demoPassword)
    .WithEnvironment("Auth__KeyEncryptionKey", keyEncryptionKey)
    .AsShopService();

var catalog = builder.AddProject<Projects.Shop_Catalog>("catalog")
    .WithDatabase(postgres.AddServiceDatabase("catalogdb"))
    .WithBroker(rabbitmq)
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .AsShopService();

var payments = builder.AddProject<Projects.Shop_Payments>("payments")
    .WithDatabase(postgres.AddServiceDatabase("paymentsdb"))
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .AsShopService();

var notifications = builder.AddProject<Projects.Shop_Notifications>("notifications")
    .WithDatabase(postgres.AddServiceDatabase("notificationsdb"))
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .WithEnvironment("Notifications__PickupDirectory", builder.GetMailDirectory())
    .AsShopService();

var orders = builder.AddProject<Projects.Shop_Orders>("orders")
    .WithDatabase(postgres.AddServiceDatabase("ordersdb"))
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(payments)
    .WithReference(notifications)
    .AsShopService();

// Plays the outside world in development.
var sandbox = builder.AddProject<Projects.Shop_Sandbox>("sandbox")
    .WithEnvironment("Telegram__Token", telegramToken)
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.Shop_Web>("web")
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(orders)
    .WithReference(payments)
    .WithReference(notifications)
    .WithEnvironment("DataProtection__Key", dataProtectionKey)
    .WithExternalHttpEndpoints()
    .AsShopService();

builder.AddProject<Projects.Shop_TelegramBot>("telegrambot")
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(orders)
    .WithEnvironment("DataProtection__Key", dataProtectionKey)
    .WithTelegram(telegramToken, sandbox)
    .WithHttpHealthCheck("/health");

builder.StartBuiltAssemblies();
builder.AddWelcome(rabbitmq);
return await builder.Build().RunOrSayWhyAsync();
