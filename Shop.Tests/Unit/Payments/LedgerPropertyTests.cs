using FsCheck;
using FsCheck.Fluent;
using Shop.Payments.Ledger;
using Shop.Payments.Payments;

namespace Shop.Tests.Unit.Payments;

/// <summary>What holds in the ledger after any sequence of deposits, charges and refunds.</summary>
public sealed class LedgerPropertyTests
{
    private const string Currency = "RUB";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Users = [Id(1), Id(2), Id(3)];

    private enum Move
    {
        Deposit,
        Charge,
        Refund,
    }

    [Fact]
    public void Groups_sum_to_zero_wallets_never_go_below_it_and_sales_are_captured_minus_refunded()
    {
        var steps = Gen.ListOf(
            from move in Gen.Elements(Enum.GetValues<Move>())
            from user in Gen.Elements(Users)
            from minor in Gen.Choose(1, 1_000)
            select new Step(move, user, new Money(minor, Currency)));
        Prop.ForAll(steps.ToArbitrary(), sequence => Holds(sequence)).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void A_posting_that_one_wallet_cannot_pay_moves_nothing_at_all()
    {
        var wallets = OpenWallets();
        wallets[WalletOf(Users[0])].Take(100);
        var posting = new Posting("id", LedgerTransactionKind.Charge, null,
        [
            new(WalletOf(Users[0]), new Money(-50, Currency)),
            new(WalletOf(Users[1]), new Money(-50, Currency)),
            new(Account.SystemId(AccountKind.Sales, Currency), new Money(100, Currency)),
        ]);

        Assert.Null(LedgerTransaction.TryApply(posting, wallets, Now));
        Assert.Equal([100, 0, 0], wallets.Values.Select(wallet => wallet.BalanceMinor!.Value));
    }

    private static bool Holds(IEnumerable<Step> steps)
    {
        var wallets = OpenWallets();
        List<LedgerTransaction> ledger = [];
        List<Payment> payments = [];
        foreach (var step in steps)
        {
            var (posting, payment) = PostingOf(step, payments);
            if (posting is null)
                continue;

            if (LedgerTransaction.TryApply(posting, wallets, Now) is { } applied)
            {
                ledger.Add(applied);
                if (step.Move == Move.Charge)
                    payment?.Capture(Now);
                if (step.Move == Move.Refund)
                    payment?.Refund(step.Amount, Now);
            }
            else
            {
                payment?.Fail(FailureReasons.InsufficientFunds, Now);
            }
        }

        var entries = ledger.SelectMany(transaction => transaction.Entries).ToLookup(entry => entry.AccountId, entry => entry.AmountMinor);
        var sales = payments.Where(payment => payment.Status is PaymentStatus.Captured or PaymentStatus.Refunded)
            .Sum(payment => payment.AmountMinor - payment.RefundedMinor);
        return ledger.TrueForAll(transaction => transaction.Entries.Sum(entry => entry.AmountMinor) == 0)
            && wallets.Values.All(wallet => wallet.BalanceMinor >= 0 && wallet.BalanceMinor == entries[wallet.Id].Sum())
            && entries[Account.SystemId(AccountKind.Sales, Currency)].Sum() == sales
            && ledger.Select(transaction => transaction.ExternalId).Distinct().Count() == ledger.Count;
    }

    private static (Posting? Posting, Payment? Payment) PostingOf(Step step, List<Payment> payments)
    {
        switch (step.Move)
        {
            case Move.Deposit:
                return (Posting.Deposit(Guid.CreateVersion7(), step.User, step.Amount), null);
            case Move.Charge:
                var payment = Payment.For(
                    new OrderCharge(Guid.CreateVersion7(), step.User, "buyer@example.com", step.Amount, PaymentMethod.Wallet), Now);
                payments.Add(payment);
                return (Posting.Charge(payment.OrderId, step.User, step.Amount), payment);
            case Move.Refund:
                return payments.Find(p => p.CustomerId == step.User && p.Refundable.Minor >= step.Amount.Minor) is { } paid
                    ? (Posting.Refund(paid.OrderId, step.User, step.Amount, paid.Refunded), paid)
                    : (null, null);
            default:
                throw new ArgumentOutOfRangeException(nameof(step));
        }
    }

    private static Dictionary<string, Account> OpenWallets() =>
        Users.Select(user => Account.OpenWallet(user, Currency, Now)).ToDictionary(wallet => wallet.Id);

    private static string WalletOf(Guid user) => Account.WalletId(user, Currency);

    private static Guid Id(byte number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private sealed record Step(Move Move, Guid User, Money Amount);
}
