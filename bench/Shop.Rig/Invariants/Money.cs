namespace Shop.Rig.Invariants;

/// <summary>The books balance: every group sums to zero, every wallet is the sum of its entries, none is below zero.</summary>
internal sealed class LedgerBalances : Invariant
{
    public override string Name => "the ledger balances";

    protected override void Examine(Evidence evidence, Report report)
    {
        foreach (var group in evidence.Ledger.GroupBy(entry => (entry.TransactionId, entry.Currency)))
            report.Expect(group.Sum(entry => entry.Amount) == 0, () => $"transaction {group.Key.TransactionId} sums to {group.Sum(entry => entry.Amount)}");

        var sums = evidence.Ledger.ToLookup(entry => entry.AccountId, entry => entry.Amount);
        foreach (var wallet in evidence.Accounts.Where(account => account.Kind == "wallet"))
        {
            report.Expect(wallet.Balance == sums[wallet.Id].Sum(), () => $"{wallet.Id} holds {wallet.Balance}, and its entries {sums[wallet.Id].Sum()}");
            report.Expect(wallet.Balance >= 0, () => $"{wallet.Id} holds {wallet.Balance}");
        }

        foreach (var external in evidence.Ledger.GroupBy(entry => entry.ExternalId).Where(entries => entries.Select(entry => entry.TransactionId).Distinct().Skip(1).Any()))
            report.Expect(false, () => $"{external.Key} was posted twice");
        foreach (var deposits in evidence.Journal.Deposits.GroupBy(deposit => deposit.UserId))
            ExpectDeposits(evidence, report, deposits.Key, [.. deposits]);
    }

    /// <summary>What was answered is there once; what was not may be there, once.</summary>
    private static void ExpectDeposits(Evidence evidence, Report report, Guid user, IReadOnlyList<(Guid UserId, decimal Amount, string Key)> asked)
    {
        var posted = evidence.Ledger
            .Where(entry => entry.Kind == "deposit" && entry.AccountId.Contains(user.ToString(), StringComparison.Ordinal))
            .Select(entry => entry.Amount / 100m).ToList();
        foreach (var (_, amount, key) in asked.OrderByDescending(deposit => evidence.Journal.AnswersTo(deposit.Key).Any(answer => answer.IsSuccess)))
        {
            var promised = evidence.Journal.AnswersTo(key).Any(answer => answer.IsSuccess);
            report.Expect(posted.Remove(amount) || !promised, () => $"the deposit {key} of {amount} into the wallet of {user} is missing");
        }

        report.Expect(posted.Count == 0, () => $"the wallet of {user} got deposits that nobody made, or one twice: {string.Join(", ", posted)}");
    }
}

/// <summary>What was captured and not given back is what the sold orders cost; no order is charged twice.</summary>
internal sealed class MoneyMatchesOrders : Invariant
{
    public override string Name => "payments match orders";

    protected override void Examine(Evidence evidence, Report report)
    {
        var payments = evidence.Payments.ToLookup(payment => payment.OrderId);
        var charges = evidence.Ledger.Where(entry => entry is { Kind: "charge", OrderId: not null }).ToLookup(entry => entry.OrderId!.Value, entry => entry.TransactionId);
        foreach (var order in evidence.Orders)
        {
            var captured = payments[order.Id].Where(payment => payment.Status is "captured" or "refunded").ToList();
            report.Expect(charges[order.Id].Distinct().Count() <= 1, () => $"order {order.Id} was charged {charges[order.Id].Distinct().Count()} times");
            if (order.IsSold)
            {
                report.Expect(captured is [var payment] && payment.Amount == order.Total && payment.Refunded == order.Refunded,
                    () => $"order {order.Id} is {order.Status}, costs {order.Total}, {order.Refunded} given back; its payments: {Describe(payments[order.Id])}");
                report.Expect((order.Refunded == order.Total) == (order.Status == "refunded"),
                    () => $"order {order.Id} of {order.Total} has {order.Refunded} back and is {order.Status}");
            }
            else
            {
                report.Expect(captured.TrueForAll(payment => payment.Amount == payment.Refunded), () => $"order {order.Id} is {order.Status} and paid: {Describe(captured)}");
            }
        }

        var known = evidence.Orders.Select(order => order.Id).ToHashSet();
        foreach (var payment in evidence.Payments.Where(payment => !known.Contains(payment.OrderId)))
            report.Expect(payment.Status is not "captured", () => $"payment {payment.Id} was taken for order {payment.OrderId}, which there is not");

        var net = evidence.Payments.Where(payment => payment.Status is "captured" or "refunded").Sum(payment => payment.Amount - payment.Refunded);
        var sold = evidence.Orders.Where(order => order.IsSold).Sum(order => order.Total - order.Refunded);
        report.Expect(net == sold, () => $"payments hold {net}, and the orders cost {sold}");
        var sales = -evidence.Ledger.Where(entry => entry.AccountId.StartsWith("sales:", StringComparison.Ordinal)).Sum(entry => entry.Amount) / 100m;
        report.Expect(Math.Abs(sales) == net, () => $"the sales account holds {sales}, and payments {net}");

        var given = evidence.Payments.ToDictionary(payment => payment.Id, payment => payment.Refunded);
        foreach (var refunds in evidence.Journal.Refunds.GroupBy(refund => refund.PaymentId))
        {
            var promised = refunds.Where(refund => evidence.Journal.AnswersTo(refund.Key).Any(answer => answer.IsSuccess)).Sum(refund => refund.Amount);
            report.Expect(given.GetValueOrDefault(refunds.Key) >= promised, () => $"payment {refunds.Key}: {promised} were promised back, {given.GetValueOrDefault(refunds.Key)} given");
        }
    }

    private static string Describe(IEnumerable<PaymentRow> payments) =>
        string.Join("; ", payments.Select(payment => $"{payment.Status} {payment.Amount}, {payment.Refunded} given back").DefaultIfEmpty("none"));
}
