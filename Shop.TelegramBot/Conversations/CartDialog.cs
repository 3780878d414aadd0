using Shop.TelegramBot.Sessions;
using Shop.TelegramBot.ShopApi;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>The cart: filling it, changing it, ordering what is in it.</summary>
internal sealed class CartDialog(CatalogApi catalog, OrderDialog orders)
{
    public async Task AddAsync(Turn turn, int productId, CancellationToken cancellationToken)
    {
        var cart = turn.Session.Cart;
        if (!cart.CanAdd(productId))
        {
            turn.Notice = turn.Texts.CartFull;
            return;
        }

        var product = await catalog.GetAsync(productId, turn.Texts.Language, cancellationToken);
        cart = cart.Change(productId, +1, turn.UpdateId);
        turn.Session = turn.Session with { Cart = cart };
        turn.Notice = turn.Texts.Added(product.Name, cart.QuantityOf(productId));
    }

    public async Task ChangeAsync(Turn turn, int productId, int difference, CancellationToken cancellationToken)
    {
        var cart = turn.Session.Cart;
        if (difference > 0 && !cart.CanAdd(productId)) turn.Notice = turn.Texts.CartFull;
        else turn.Session = turn.Session with { Cart = cart.Change(productId, difference, turn.UpdateId) };
        await ShowAsync(turn, cancellationToken);
    }

    public async Task ClearAsync(Turn turn, CancellationToken cancellationToken)
    {
        turn.Session = turn.Session with { Cart = Cart.Empty };
        await ShowAsync(turn, cancellationToken);
    }

    public async Task ShowAsync(Turn turn, CancellationToken cancellationToken)
    {
        var products = await LoadAsync(turn, cancellationToken);
        var cart = turn.Session.Cart.ShownAt(productId => products[productId].Price, turn.UpdateId);
        turn.Session = turn.Session with { Cart = cart };
        if (cart.IsEmpty)
        {
            await turn.ShowAsync(turn.Texts.CartEmpty, new InlineKeyboardMarkup([[ToProducts(turn)]]), cancellationToken);
            return;
        }

        var lines = cart.Lines.Select(line => (line.Quantity, Product: products[line.ProductId])).ToList();
        var total = string.Join(" + ", lines
            .GroupBy(line => line.Product.Currency, line => line.Quantity * line.Product.Price)
            .Select(amounts => turn.Texts.Money(amounts.Sum(), amounts.Key)));
        var written = lines.Select(line => $"{line.Product.Name} × {line.Quantity} — {turn.Texts.Money(line.Quantity * line.Product.Price, line.Product.Currency)}");
        var text = $"{turn.Texts.CartTitle}\n\n{string.Join('\n', written)}\n\n{turn.Texts.Total(total)}";
        var buttons = new InlineKeyboardMarkup(
        [
            .. lines.Select(line => new[]
            {
                new Press.Less(line.Product.Id).Button("➖"),
                new Press.ShowCart().Button($"{line.Product.Name} × {line.Quantity}"),
                new Press.More(line.Product.Id).Button("➕"),
            }),
            [new Press.Checkout(cart.Revision).Button(turn.Texts.CheckoutButton(total))],
            [ToProducts(turn), new Press.Clear().Button(turn.Texts.ClearButton)],
        ]);
        await turn.ShowAsync(text, buttons, cancellationToken);
    }

    /// <summary>Orders the cart. Pressing the button again, when the first press was not refused, is the same order.</summary>
    public async Task CheckoutAsync(Turn turn, int revision, CancellationToken cancellationToken)
    {
        var cart = turn.Session.Cart;
        if (cart.IsEmpty || cart.Revision != revision)
        {
            turn.Notice = cart.IsEmpty ? turn.Texts.CartEmpty : turn.Texts.CartChanged;
            await ShowAsync(turn, cancellationToken);
            return;
        }

        var items = cart.Lines.Select(line => new NewOrderItem(line.ProductId, line.Quantity, line.ShownPrice)).ToList();
        try
        {
            if (await orders.PlaceAsync(turn, items, turn.IdempotencyKey(revision), cancellationToken))
                turn.Session = turn.Session with { Cart = Cart.Empty };
        }
        catch (ShopRefusedException refused) when (refused.Status != StatusCodes.Status401Unauthorized)
        {
            // The shop would repeat its refusal for the same key; the next press is a new attempt.
            turn.Session = turn.Session with { Cart = cart with { Revision = turn.UpdateId } };
            await ShowAsync(turn, cancellationToken);
            throw;
        }
    }

    /// <summary>The products of the cart, by id. A product that is sold no more leaves the cart.</summary>
    private async Task<Dictionary<int, Product>> LoadAsync(Turn turn, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(turn.Session.Cart.Lines.Select(line => FindAsync(line.ProductId)));
        var products = found.OfType<Product>().ToDictionary(product => product.Id);
        var gone = turn.Session.Cart.Lines.Where(line => !products.ContainsKey(line.ProductId)).ToList();
        foreach (var line in gone)
            turn.Session = turn.Session with { Cart = turn.Session.Cart.Change(line.ProductId, -line.Quantity, turn.UpdateId) };
        return products;

        async Task<Product?> FindAsync(int productId)
        {
            try
            {
                return await catalog.GetAsync(productId, turn.Texts.Language, cancellationToken);
            }
            catch (ShopRefusedException refused) when (refused.Status == StatusCodes.Status404NotFound)
            {
                return null;
            }
        }
    }

    private static InlineKeyboardButton ToProducts(Turn turn) => new Press.Products(1).Button(turn.Texts.ProductsButton);
}
