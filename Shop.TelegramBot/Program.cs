using Shop.TelegramBot;

await using var app = BotApplication.Build(args);
await app.RunAsync();
