using System.Globalization;
using Shop.TelegramBot.Sessions;
using Shop.TelegramBot.ShopApi;
using Telegram.Bot.Types;

namespace Shop.TelegramBot.Conversations.Texts;

internal sealed class RussianTexts : BotTexts
{
    public override string Language => "ru";

    public override IReadOnlyList<BotCommand> Commands { get; } =
    [
        new() { Command = "products", Description = "каталог" },
        new() { Command = "cart", Description = "корзина" },
        new() { Command = "orders", Description = "мои заказы" },
        new() { Command = "order", Description = "быстрый заказ: /order 1:2,2:1" },
        new() { Command = "login", Description = "войти: /login почта пароль" },
        new() { Command = "logout", Description = "выйти" },
        new() { Command = "help", Description = "что умеет бот" },
    ];

    public override string Welcome => "Здравствуйте! Это магазин Shop.\n\nВыберите товары, положите их в корзину и оформите заказ — он будет оплачен с вашего кошелька. Для заказа войдите: /login почта пароль";

    public override string Unknown => "Не понимаю. Вот что я умею: /help";

    public override string LoginUsage => "Напишите так: /login почта пароль";

    public override string SignedIn(string email) => $"Вы вошли как {email}.";

    public override string WrongPassword => "Почта или пароль не подходят.";

    public override string DeletePassword => "Не получилось удалить сообщение с паролем — удалите его, пожалуйста, сами.";

    public override string SignInFirst => "Сначала войдите: /login почта пароль";

    public override string SignedOut => "Вы вышли. Корзина очищена.";

    public override string ProductsTitle(int page, int pages) => $"Каталог, страница {page} из {pages}. Нажмите на товар, чтобы положить его в корзину.";

    public override string NoProducts => "В каталоге пока пусто.";

    public override string ProductsButton => "🛍 Каталог";

    public override string Added(string product, int quantity) => $"{product}: в корзине {quantity}";

    public override string CartTitle => "Корзина";

    public override string CartEmpty => "Корзина пуста.";

    public override string CartFull => $"Больше не поместится: до {Cart.MaxLines} товаров, каждого до {Cart.MaxQuantity}.";

    public override string CartChanged => "Корзина изменилась, проверьте её ещё раз.";

    public override string CartButton => "🛒 Корзина";

    public override string ClearButton => "Очистить";

    public override string CheckoutButton(string total) => $"✅ Заказать за {total}";

    public override string Total(string total) => $"Итого: {total}";

    public override string MalformedOrder(string? part) => part switch
    {
        null => $"В одном заказе может быть до {Cart.MaxLines} товаров.",
        "" => "Напишите номера и количества: /order 1:2,2:1 — две штуки товара 1 и одна товара 2.",
        _ => $"Не понимаю «{part}». Нужен номер товара и количество от 1 до {Cart.MaxQuantity}, например: /order 1:2,2:1",
    };

    public override string OrderUncertain => "Магазин не ответил, и неизвестно, принят ли заказ. Посмотрите в «Мои заказы», прежде чем заказывать снова.";

    public override string OrdersTitle => "Последние заказы";

    public override string NoOrders => "Заказов пока нет.";

    public override string OrdersButton => "📦 Мои заказы";

    public override string ShopUnavailable => "Магазин сейчас не отвечает. Попробуйте через минуту.";

    public override string Refused(ShopRefusedException refused) => refused switch
    {
        { Code: "out_of_stock" } => "Столько сейчас нет в наличии. Уменьшите количество.",
        { Code: "price_changed" } => "Цена изменилась. Проверьте корзину и закажите ещё раз.",
        { Code: "unknown_product" } => "Такого товара нет в каталоге.",
        { Code: "mixed_currencies" } => "В одном заказе все цены должны быть в одной валюте.",
        { Status: 402 } => "Не хватает денег в кошельке.",
        { Status: 403 } => "Вам это не разрешено.",
        { Status: 404 } => "Такого нет.",
        { Status: 409 } => Explain("Так заказать не получится", refused.Reason),
        { Status: 429 } => "Слишком часто. Подождите немного.",
        _ => Explain("Магазин отказал", refused.Reason),
    };

    protected override CultureInfo Culture { get; } = CultureInfo.GetCultureInfo("ru-RU");

    protected override string OrderName(Order order) => $"Заказ {ShortId(order)}";

    protected override string Status(string status) => status switch
    {
        "pending" => "⏳ принят, списываем оплату",
        "awaiting_payment" => "💳 ждёт оплаты",
        "paid" => "💰 оплачен",
        "confirmed" => "✅ подтверждён",
        "failed" => "❌ не получился",
        "cancelled" => "🚫 отменён",
        "refunded" => "↩️ деньги возвращены",
        "expired" => "⌛ срок оплаты вышел",
        _ => status,
    };

    protected override string? Failure(string reason) => reason switch
    {
        "insufficient_funds" => "не хватает денег в кошельке",
        "payment_method_unavailable" => "этот способ оплаты сейчас недоступен",
        _ => null,
    };

    private static string Explain(string what, string? reason) => reason is null ? $"{what}." : $"{what}: {reason}";
}
