using Shop.Payments.Ledger;

namespace Shop.Tests.Unit.Payments;

/// <summary>What the ledger takes for a posting.</summary>
public sealed class PostingTests
{
    private static readonly string Wallet = Account.WalletId(Guid.Empty, "RUB");
    private static readonly string Sales = Account.SystemId(AccountKind.Sales, "RUB");

    [Fact]
    public void A_posting_that_does_not_sum_to_zero_is_refused() => Refused(Line(Wallet, -100), Line(Sales, 99));

    [Fact]
    public void A_posting_that_sums_to_zero_only_across_currencies_is_refused() =>
        Refused(Line(Wallet, -100), Line(Account.SystemId(AccountKind.Sales, "USD"), 100, "USD"));

    [Fact]
    public void A_posting_of_one_line_is_refused() => Refused(Line(Wallet, 0));

    [Fact]
    public void A_posting_with_an_empty_line_is_refused() => Refused(Line(Wallet, -100), Line(Sales, 100), Line(Sales, 0));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Money_moves_one_way(long minor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Posting.Charge(Guid.Empty, Guid.Empty, new Money(minor, "RUB")));

    [Fact]
    public void Each_part_of_a_refund_has_an_id_of_its_own()
    {
        var order = Guid.CreateVersion7();
        var part = new Money(100, "RUB");
        Assert.Equal($"order:{order}:refund", Posting.Refund(order, Guid.Empty, part, new Money(0, "RUB")).ExternalId);
        Assert.Equal($"order:{order}:refund:100", Posting.Refund(order, Guid.Empty, part, part).ExternalId);
    }

    [Theory]
    [InlineData("0.01", 1)]
    [InlineData("2500.00", 250_000)]
    [InlineData("1000000000", 100_000_000_000)]
    public void Amounts_become_minor_units_exactly(string amount, long minor)
    {
        var money = Money.Of(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), "RUB");
        Assert.Equal(minor, money.Minor);
        Assert.Equal(2, money.Amount.Scale);
    }

    [Fact]
    public void An_amount_finer_than_the_minor_unit_is_refused() => Assert.Throws<ArgumentException>(() => Money.Of(0.001m, "RUB"));

    private static PostingLine Line(string account, long minor, string currency = "RUB") => new(account, new Money(minor, currency));

    private static void Refused(params PostingLine[] lines) =>
        Assert.Throws<ArgumentException>(() => new Posting("id", LedgerTransactionKind.Charge, null, lines));
}
