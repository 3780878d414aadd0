using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Shop.Web.Api;
using Shop.Web.Cart;
using Shop.Web.Orders;

namespace Shop.Web.Checkout;

/// <summary>
/// Places the order and sends the buyer to it, or back with the reason. The form carries the request's own key,
/// so that a double click, which sends the form twice, orders once.
/// </summary>
internal static class CheckoutEndpoint
{
    public static void MapCheckout(this WebApplication app) =>
        app.MapPost("/checkout/order", OrderAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<RedirectHttpResult> OrderAsync(
        [FromForm(Name = "key")] Guid key, [FromForm(Name = "items"), StringLength(CheckoutItems.MaxLength)] string items,
        OrdersClient orders, CartStore carts, HttpContext context)
    {
        if (CheckoutItems.Read(items) is not { } wanted)
            return Back("400", retry: null);

        try
        {
            var order = await orders.CreateAsync(key.ToString(), wanted, context.RequestAborted);
            await carts.ClearAsync(context);
            return TypedResults.LocalRedirect($"/orders/{order.Id}");
        }
        catch (ApiException problem)
        {
            return Back(problem.Key, problem.Status >= StatusCodes.Status500InternalServerError || problem.Code == "request_in_progress" ? key : null);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            return Back("503", key);
        }
    }

    /// <param name="problem">What to say.</param>
    /// <param name="retry">The key to try again with, when the order may have been placed all the same.</param>
    private static RedirectHttpResult Back(string problem, Guid? retry) => TypedResults.LocalRedirect(
        QueryHelpers.AddQueryString("/checkout", new Dictionary<string, string?> { ["problem"] = problem, ["key"] = retry?.ToString() }));
}
