using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Shop.Tests.Support;
using StackExchange.Redis;

namespace Shop.Tests.Integration.Telegram;

/// <summary>A person talks to the bot through the sandbox; the shop behind the bot is a fake.</summary>
// xunit disposes by IAsyncLifetime.
#pragma warning disable CA1001
public sealed class ConversationTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
#pragma warning restore CA1001
{
    private static int _people;

    private readonly FakeShop _shop = new();
    private RunningSandbox _sandbox = default!;
    private RunningBot _bot = default!;

    public async Task InitializeAsync()
    {
        _sandbox = await RunningSandbox.StartAsync();
        _bot = await StartBotAsync();
    }

    public async Task DisposeAsync()
    {
        await _bot.DisposeAsync();
        await _sandbox.DisposeAsync();
        _shop.Dispose();
    }

    [Theory]
    [InlineData("ru", "Здравствуйте", "Каталог")]
    [InlineData("en-GB", "Hello", "Catalogue")]
    [InlineData("de", "Hello", "Catalogue")]
    public async Task The_bot_greets_in_the_language_of_the_person(string language, string greeting, string button)
    {
        var person = Person(language);

        await person.WriteAsync("/start");

        var message = await person.HearAsync(greeting);
        Assert.Contains(message.ReplyMarkup!.Buttons(), shown => shown.Text.Contains(button, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signing_in_deletes_the_password_and_a_wrong_one_is_told()
    {
        var person = Person();

        await person.WriteAsync($"/login {FakeShop.Email} wrong-password");
        await person.HearAsync("The email or the password is wrong.");
        await SignInAsync(person);

        var chat = await person.LookAsync();
        Assert.All(chat.Messages, message => Assert.True(message.From.IsBot));
        Assert.DoesNotContain(chat.Messages, message => message.Text.Contains(FakeShop.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_login_that_is_incomplete_is_explained_and_deleted()
    {
        var person = Person();

        await person.WriteAsync("/login my-secret");

        await person.HearAsync("/login email password");
        Assert.DoesNotContain((await person.LookAsync()).Messages, message => message.Text.Contains("my-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_order_by_command_is_placed_and_followed_until_it_is_confirmed()
    {
        var person = Person();
        await SignInAsync(person);

        await person.WriteAsync("/order 1:2,2:1");

        var message = await person.HearAsync("⏳");
        Assert.Contains("2,500.00 ₽", message.Text, StringComparison.Ordinal);
        var order = Assert.Single(_shop.Orders);
        Assert.Equal("wallet", order.PaymentMethod);
        Assert.Equal([(1, 2), (2, 1)], order.Items);
        foreach (var (status, sign) in new[] { ("paid", "💰"), ("confirmed", "✅") })
        {
            _shop.Settle(status);
            Assert.Equal(message.MessageId, (await person.HearAsync(sign)).MessageId);
        }
    }

    [Fact]
    public async Task An_order_by_buttons_goes_through_catalogue_and_cart()
    {
        var person = Person("ru");
        await SignInAsync(person, "Вы вошли");
        await person.WriteAsync("/products");
        var catalogue = await person.HearAsync("страница 1 из 2");
        Assert.Contains("1. Телефон — 500,00 ₽", catalogue.Text, StringComparison.Ordinal);

        await person.PressAsync(catalogue, "▶️");
        var second = await person.HearAsync("страница 2 из 2");
        Assert.Equal(catalogue.MessageId, second.MessageId);
        await person.PressAsync(second, "◀️");
        catalogue = await person.HearAsync("страница 1 из 2");
        await person.PressAsync(catalogue, "Телефон");
        await person.PressAsync(catalogue, "Телефон");
        await person.PressAsync(catalogue, "Ноутбук");
        await person.WaitAsync(view => view.Notice?.Text == "Ноутбук: в корзине 1", "a notice");
        await person.PressAsync(catalogue, "Корзина");
        var cart = await person.HearAsync("Телефон × 2");
        await person.PressAsync(cart, "➖");
        cart = await person.HearAsync("Телефон × 1");
        await person.PressAsync(cart, "Заказать за 2");

        var order = await person.HearAsync("⏳");
        Assert.Equal(cart.MessageId, order.MessageId);
        _shop.Settle("confirmed");
        await person.HearAsync("✅ подтверждён");
        Assert.Equal([(1, 1), (2, 1)], Assert.Single(_shop.Orders).Items);
        await person.WriteAsync("/cart");
        await person.HearAsync("Корзина пуста.");
    }

    [Fact]
    public async Task Pressing_the_order_button_twice_is_one_order()
    {
        var person = Person();
        await SignInAsync(person);
        await person.WriteAsync("/products");
        var catalogue = await person.HearAsync("page 1");
        await person.PressAsync(catalogue, "Phone");
        await person.WriteAsync("/cart");
        var cart = await person.HearAsync("Phone × 1");

        // The first press is still at work when the second comes: once it is done, the button is gone.
        var bothPressed = new TaskCompletionSource();
        _shop.Delay = request => request.RequestUri!.Host == "orders" ? bothPressed.Task : Task.CompletedTask;
        await person.PressAsync(cart, "Order for");
        await person.PressAsync(cart, "Order for");
        bothPressed.SetResult();

        await person.WaitAsync(view => view is { WaitingButtons: 0 } && view.Messages.Any(message => message.MessageId == cart.MessageId && message.Text != cart.Text), "both presses handled");
        Assert.Single(_shop.Orders);
    }

    [Fact]
    public async Task A_refused_cart_can_be_ordered_again()
    {
        var keys = new ConcurrentQueue<string>();
        _shop.Delay = request =>
        {
            if (request.RequestUri!.Host == "orders" && request.Headers.TryGetValues("Idempotency-Key", out var values)) keys.Enqueue(values.Single());
            return Task.CompletedTask;
        };
        _shop.Intercept = request => request.RequestUri!.Host == "orders" ? FakeShop.Problem(HttpStatusCode.Conflict, "Phone is out of stock.") : null;
        var person = Person();
        await SignInAsync(person);
        await person.WriteAsync("/products");
        await person.PressAsync(await person.HearAsync("page 1"), "Phone");
        await person.WriteAsync("/cart");
        var cart = await person.HearAsync("Phone × 1");
        await person.PressAsync(cart, "Order for");
        await person.HearAsync("Phone is out of stock.");
        _shop.Intercept = _ => null;

        await person.PressAsync((await person.LookAsync()).Messages.Single(message => message.MessageId == cart.MessageId), "Order for");

        await person.HearAsync("⏳");
        Assert.Single(_shop.Orders);
        Assert.Equal(2, keys.Distinct().Count());
    }

    [Fact]
    public async Task A_price_that_changed_after_it_was_shown_is_not_charged()
    {
        var person = Person();
        await SignInAsync(person);
        await person.WriteAsync("/products");
        await person.PressAsync(await person.HearAsync("page 1"), "Phone");
        await person.WriteAsync("/cart");
        var cart = await person.HearAsync("Phone × 1");
        _shop.SetPrice(1, 750m);

        await person.PressAsync(cart, "Order for 500");
        await person.HearAsync("The price has changed.");
        Assert.Empty(_shop.Orders);

        var shown = await person.HearAsync("Total: 750.00 ₽");
        await person.PressAsync(shown, "Order for 750");
        await person.HearAsync("⏳");
        Assert.Equal(750m, Assert.Single(_shop.Orders).Total);
    }

    [Fact]
    public async Task An_order_without_signing_in_is_not_placed()
    {
        var person = Person();

        await person.WriteAsync("/order 1:1");

        await person.HearAsync("Sign in first");
        Assert.Empty(_shop.Orders);
    }

    [Fact]
    public async Task What_the_shop_refuses_is_told_in_plain_words()
    {
        var person = Person();
        await SignInAsync(person);

        await person.WriteAsync("/order 77:1");
        await person.HearAsync("This cannot be ordered: Product is out of stock.");
        await person.WriteAsync("/order 1:zero");
        await person.HearAsync("I do not understand “1:zero”");
        _shop.Intercept = _ => FakeShop.Problem(HttpStatusCode.PaymentRequired, "Insufficient funds.");
        await person.WriteAsync("/order 1:1");
        await person.HearAsync("There is not enough money in the wallet.");

        Assert.Empty(_shop.Orders);
    }

    [Fact]
    public async Task A_session_that_the_shop_no_longer_accepts_ends()
    {
        var person = Person();
        await SignInAsync(person);
        _shop.Intercept = _ => FakeShop.Problem(HttpStatusCode.Unauthorized, "Revoked.");

        await person.WriteAsync("/orders");

        await person.HearAsync("Sign in first");
        _shop.Intercept = _ => null;
        var asked = _shop.Requests.Count;
        await person.WriteAsync("/order 1:1");
        await person.WaitAsync(view => view.Messages.Count(message => message.Text.StartsWith("Sign in first", StringComparison.Ordinal)) == 2, "to be asked again");
        Assert.Equal(asked, _shop.Requests.Count);
    }

    [Fact]
    public async Task An_unanswered_order_is_not_called_placed_and_the_next_messages_are_handled()
    {
        var person = Person();
        await SignInAsync(person);
        _shop.Intercept = request => request.RequestUri!.Host == "orders" ? FakeShop.Problem(HttpStatusCode.BadGateway, "down") : null;

        await person.WriteAsync("/order 1:1");
        await person.HearAsync("it is not known whether the order was placed");
        await person.WriteAsync("/orders");
        await person.HearAsync("The shop does not answer now");

        Assert.Single(_shop.OrderKeys.Distinct().DefaultIfEmpty("none"));
        await person.WriteAsync("/help");
        await person.HearAsync("/order");
    }

    [Fact]
    public async Task Orders_are_listed_and_opened()
    {
        var person = Person();
        await SignInAsync(person);
        await person.WriteAsync("/orders");
        await person.HearAsync("No orders yet.");
        await person.WriteAsync("/order 2:1");
        await person.HearAsync("⏳");
        _shop.Settle("confirmed");

        await person.WriteAsync("/orders");
        var list = await person.HearAsync("Latest orders");
        await person.PressAsync(list, "1,500.00 ₽");

        var order = await person.WaitAsync(view => view.Messages.Any(message => message.MessageId == list.MessageId && message.Text.Contains("✅ confirmed", StringComparison.Ordinal)), "the order in the place of the list");
        Assert.Contains("× 1", order.Messages.Single(message => message.MessageId == list.MessageId).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_near_its_end_is_renewed_and_the_new_one_is_kept()
    {
        _shop.TokenLifetime = 60;
        var person = Person();
        await SignInAsync(person);

        for (var i = 1; i <= 3; i++)
        {
            await person.WriteAsync("/orders");
            var expected = i;
            await person.WaitAsync(view => view.Messages.Count(message => message.Text == "No orders yet.") == expected, $"answer {i}");
        }

        Assert.Equal(3, _shop.Requests.Count(request => request == "POST auth/auth/refresh"));
    }

    [Fact]
    public async Task A_restarted_bot_knows_the_person_and_the_cart_and_Redis_holds_no_plain_token()
    {
        var person = Person();
        await SignInAsync(person);
        await person.WriteAsync("/products");
        await person.PressAsync(await person.HearAsync("page 1"), "Phone");
        await person.WaitAsync(view => view.Notice is not null, "a notice");

        await _bot.DisposeAsync();
        using (var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
        {
            string? stored = await connection.GetDatabase().StringGetAsync($"telegram:session:{person.Id}");
            Assert.NotNull(stored);
            Assert.DoesNotContain("access-", stored, StringComparison.Ordinal);
            Assert.True(await connection.GetDatabase().KeyTimeToLiveAsync($"telegram:session:{person.Id}") > TimeSpan.FromDays(29));
        }

        _bot = await StartBotAsync();
        await person.WriteAsync("/cart");
        await person.PressAsync(await person.HearAsync("Phone × 1"), "Order for");
        await person.HearAsync("⏳");
    }

    [Fact]
    public async Task Signing_out_revokes_the_token_and_forgets_the_person()
    {
        var person = Person();
        await SignInAsync(person);

        await person.WriteAsync("/logout");
        await person.HearAsync("You are signed out");
        await person.WriteAsync("/orders");

        await person.HearAsync("Sign in first");
        Assert.Contains("POST auth/auth/logout", _shop.Requests);
    }

    [Fact]
    public async Task An_update_that_is_delivered_again_does_not_order_again()
    {
        var person = Person();
        await SignInAsync(person);
        await _bot.DisposeAsync();
        await person.WriteAsync("/order 1:1");
        await using var twice = await TelegramThatRepeats.StartAsync(_sandbox);

        _bot = await RunningBot.StartAsync(twice.Url, _sandbox.Token, redis.ConnectionString, _shop);
        await person.HearAsync("⏳");
        await Eventually.HoldsAsync(() => Task.FromResult(twice.Repeated), "the update was delivered twice");
        await person.WriteAsync("/help");
        await person.HearAsync("/order");

        Assert.Single(_shop.Orders);
        Assert.Single(_shop.OrderKeys);
    }

    [Fact]
    public async Task What_is_written_while_Redis_is_away_is_answered_when_it_is_back()
    {
        await _bot.DisposeAsync();
        var unreliable = new RedisServer();
        await unreliable.StartAsync();
        try
        {
            _bot = await RunningBot.StartAsync(_sandbox.Url, _sandbox.Token, unreliable.ConnectionString, _shop);
            var person = Person();
            await person.WriteAsync("/start");
            await person.HearAsync("Hello");

            unreliable.Stop();
            await person.WriteAsync("/cart");
            await Eventually.HoldsAsync(() => Task.FromResult(_bot.Log.All.Contains("Receiving updates failed", StringComparison.Ordinal)), "the outage is noticed");
            await unreliable.StartAsync();

            await person.HearAsync("The cart is empty.");
        }
        finally
        {
            unreliable.Stop();
        }
    }

    [Fact]
    public async Task Many_people_are_served_side_by_side()
    {
        var slow = Person();
        await SignInAsync(slow);
        var gate = new TaskCompletionSource();
        _shop.Delay = request => request.RequestUri!.AbsolutePath == "/orders" ? gate.Task : Task.CompletedTask;
        var others = Enumerable.Range(0, 5).Select(_ => Person()).ToList();

        await slow.WriteAsync("/orders");
        await Eventually.HoldsAsync(() => Task.FromResult(_shop.Requests.Contains("GET orders/orders")), "the slow request is under way");
        await Task.WhenAll(others.Select(other => other.WriteAsync("/start")));

        foreach (var other in others) await other.HearAsync("Hello");
        Assert.DoesNotContain((await slow.LookAsync()).Messages, message => message.Text == "No orders yet.");
        gate.SetResult();
        await slow.HearAsync("No orders yet.");
    }

    [Fact]
    public async Task Neither_the_token_nor_a_password_is_ever_logged_or_traced()
    {
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => spans.Enqueue($"{activity.Source.Name} {activity.DisplayName} {string.Join(' ', activity.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(listener);
        var person = Person();

        await SignInAsync(person);
        await person.WriteAsync("/order 1:1");
        await person.HearAsync("⏳");
        await _sandbox.DisposeAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(_bot.Log.All.Contains("Receiving updates failed", StringComparison.Ordinal)), "the outage is logged");

        foreach (var written in spans.Append(_bot.Log.All))
        {
            Assert.DoesNotContain(_sandbox.Token, written, StringComparison.Ordinal);
            Assert.DoesNotContain(FakeShop.Password, written, StringComparison.Ordinal);
            Assert.DoesNotContain("access-1", written, StringComparison.Ordinal);
        }

        Assert.Contains(spans, span => span.StartsWith("Shop.TelegramBot", StringComparison.Ordinal));
        Assert.Equal("degraded", (await HealthAsync()).Status);
    }

    [Fact]
    public async Task A_working_bot_is_healthy()
    {
        await Person().WriteAsync("/start");

        Assert.Equal("ok", (await HealthAsync()).Status);
    }

    private async Task<Health> HealthAsync()
    {
        using var response = await _bot.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<Health>())!;
    }

    private Person Person(string language = "en") => _sandbox.Person(Interlocked.Increment(ref _people), language);

    private Task<RunningBot> StartBotAsync() => RunningBot.StartAsync(_sandbox.Url, _sandbox.Token, redis.ConnectionString, _shop);

    private static async Task SignInAsync(Person person, string greeting = "You are signed in")
    {
        await person.WriteAsync($"/login {FakeShop.Email} {FakeShop.Password}");
        await person.HearAsync(greeting);
    }

    private sealed record Health(string Status);
}
