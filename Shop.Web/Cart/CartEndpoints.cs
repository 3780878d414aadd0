using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Shop.Web.Cart;

/// <summary>What the buttons of the cart do; the form parameters make the antiforgery check apply.</summary>
internal static class CartEndpoints
{
    public static void AddCarts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CartStore>();
        builder.Services.AddScoped<CartContents>();
    }

    public static void MapCart(this WebApplication app)
    {
        var items = app.MapGroup("/cart/items").ExcludeFromDescription();
        items.MapPost("/", AddAsync);
        items.MapPost("/{productId:int}", SetAsync);
    }

    private static async Task<RedirectHttpResult> AddAsync(
        [FromForm(Name = "product_id"), Range(1, int.MaxValue)] int productId,
        [FromForm(Name = "quantity"), Range(1, CartLines.MaxQuantity)] int quantity,
        CartStore carts, HttpContext context) =>
        await carts.AddAsync(context, productId, quantity)
            ? TypedResults.LocalRedirect("/cart")
            : TypedResults.LocalRedirect("/cart?full=true");

    private static async Task<RedirectHttpResult> SetAsync(
        int productId, [FromForm(Name = "quantity"), Range(0, CartLines.MaxQuantity)] int quantity, CartStore carts, HttpContext context)
    {
        if ((await carts.ReadAsync(context)).ContainsKey(productId))
            await carts.SetAsync(context, productId, quantity);
        return TypedResults.LocalRedirect("/cart");
    }
}
