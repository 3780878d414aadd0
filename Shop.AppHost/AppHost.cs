using Shop.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

// Servers
var postgres = builder.AddPostgres("postgres", port: 5432).WithDataVolume("postgres");
var rabbitmq = builder.AddRabbitMQ("rabbitmq", port: 5672).WithManagementPlugin(15672).WithDataVolume("rabbitmq");
var redis = builder.AddRedis("redis", port: 6379).WithDataVolume("redis");

// Databases: one, with a login of its own, per service
postgres.AddServiceDatabase("authdb");
postgres.AddServiceDatabase("catalogdb");
postgres.AddServiceDatabase("ordersdb");
postgres.AddServiceDatabase("paymentsdb");
postgres.AddServiceDatabase("notificationsdb");

builder.Build().Run();
