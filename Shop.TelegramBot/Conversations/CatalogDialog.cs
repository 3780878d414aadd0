using Shop.TelegramBot.ShopApi;
using Telegram.Bot.Types.ReplyMarkups;

namespace Shop.TelegramBot.Conversations;

/// <summary>The catalogue in pages; every product is a button that puts it into the cart.</summary>
internal sealed class CatalogDialog(CatalogApi catalog)
{
    private const int PageSize = 6;

    public async Task ShowAsync(Turn turn, int page, CancellationToken cancellationToken)
    {
        var found = await catalog.ListAsync(page, PageSize, turn.Texts.Language, cancellationToken);
        var pages = Math.Max(1, (found.Total + PageSize - 1) / PageSize);
        if (found.Products.Count == 0 && page > 1)
        {
            page = 1;
            found = await catalog.ListAsync(page, PageSize, turn.Texts.Language, cancellationToken);
        }

        var lines = found.Products.Select(product => $"{product.Id}. {product.Name} — {turn.Texts.Money(product.Price, product.Currency)}");
        var text = found.Products.Count == 0 ? turn.Texts.NoProducts : turn.Texts.ProductsTitle(page, pages) + "\n\n" + string.Join('\n', lines);
        await turn.ShowAsync(text, Buttons(turn, found, page, pages), cancellationToken);
    }

    private static InlineKeyboardMarkup Buttons(Turn turn, ProductPage found, int page, int pages)
    {
        var products = found.Products.Select(product => new[] { new Press.Add(product.Id).Button($"➕ {product.Name}") });
        var turning = new List<InlineKeyboardButton>();
        if (page > 1) turning.Add(new Press.Products(page - 1).Button("◀️"));
        turning.Add(new Press.ShowCart().Button(turn.Texts.CartButton));
        if (page < pages) turning.Add(new Press.Products(page + 1).Button("▶️"));
        return new InlineKeyboardMarkup([.. products, [.. turning]]);
    }
}
