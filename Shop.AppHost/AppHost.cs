using Microsoft.Extensions.Configuration;
using Shop.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var replicas = builder.Configuration.GetValue("Shop:Replicas", 1);

// Parameters: what is not given is generated once and kept in the user secrets.
var adminEmail = builder.AddParameter("admin-email", () => builder.GivenParameter("admin-email") ?? "admin@shop.local");
var adminPassword = builder.AddGeneratedSecret("admin-password");
var demoPassword = builder.AddGeneratedSecret("demo-password");
var keyEncryptionKey = builder.AddGeneratedSecret("key-encryption-key");
var telegramToken = builder.AddTelegramToken();

// Servers
var postgres = builder.AddPostgres("postgres", port: 5432).WithDataVolume("postgres");
var rabbitmq = builder.AddRabbitMQ("rabbitmq", port: 5672).WithManagementPlugin(15672).WithDataVolume("rabbitmq");
var redis = builder.AddRedis("redis", port: 6379).WithDataVolume("redis");

var auth = builder.AddProject<Projects.Shop_Auth>("auth")
    .WithDatabase(postgres.AddServiceDatabase("authdb"))
    .WithBroker(rabbitmq)
    .WithEnvironment("Auth__Admin__Email", adminEmail)
    .WithEnvironment("Auth__Admin__Password", adminPassword)
    .WithEnvironment("Auth__Demo__Password", demoPassword)
    .WithEnvironment("Auth__KeyEncryptionKey", keyEncryptionKey)
    .WithHttpHealthCheck("/health")
    .WithReplicas(replicas);

var catalog = builder.AddProject<Projects.Shop_Catalog>("catalog")
    .WithDatabase(postgres.AddServiceDatabase("catalogdb"))
    .WithBroker(rabbitmq)
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .WithHttpHealthCheck("/health")
    .WithReplicas(replicas);

var payments = builder.AddProject<Projects.Shop_Payments>("payments")
    .WithDatabase(postgres.AddServiceDatabase("paymentsdb"))
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .WithHttpHealthCheck("/health")
    .WithReplicas(replicas);

var notifications = builder.AddProject<Projects.Shop_Notifications>("notifications")
    .WithDatabase(postgres.AddServiceDatabase("notificationsdb"))
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .WithHttpHealthCheck("/health")
    .WithReplicas(replicas);

var orders = builder.AddProject<Projects.Shop_Orders>("orders")
    .WithDatabase(postgres.AddServiceDatabase("ordersdb"))
    .WithBroker(rabbitmq)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(payments)
    .WithReference(notifications)
    .WithHttpHealthCheck("/health")
    .WithReplicas(replicas);

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
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithReplicas(replicas);

builder.AddProject<Projects.Shop_TelegramBot>("telegrambot")
    .WithReference(redis).WaitFor(redis)
    .WithServiceIdentity(auth)
    .WithReference(catalog)
    .WithReference(orders)
    .WithTelegram(telegramToken, sandbox)
    .WithHttpHealthCheck("/health");

builder.Build().Run();
