using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Shop.Catalog.Reservations;

namespace Shop.Tests.Unit.Catalog;

public sealed class ReservationRulesTests
{
    [Fact]
    public void No_move_makes_or_loses_a_piece()
    {
        var moves = typeof(StockMove).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (StockMove)field.GetValue(null)!).ToList();

        Assert.Equal(4, moves.Count);
        Assert.All(moves, move => Assert.Equal(0, move.Available + move.Reserved + move.Sold));
    }

    [Fact]
    public void A_product_that_stands_twice_is_counted_together_and_products_come_in_the_order_of_their_ids()
    {
        var request = new ReserveRequest(Guid.CreateVersion7(), [new(9, 1), new(2, 3), new(9, 4)]);

        Assert.Equal([new ReserveItem(2, 3), new ReserveItem(9, 5)], request.Merged());
    }

    [Fact]
    public void A_reservation_needs_an_order()
    {
        var request = new ReserveRequest(Guid.Empty, [new(1, 1)]);

        var error = Assert.Single(request.Validate(new ValidationContext(request)));
        Assert.Equal(["OrderId"], error.MemberNames);
    }
}
