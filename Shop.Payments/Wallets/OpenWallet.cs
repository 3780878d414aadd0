using Shop.Messaging;
using Shop.Messaging.Contracts;
using Shop.Payments.Ledger;

namespace Shop.Payments.Wallets;

/// <summary>Gives a new user a wallet.</summary>
internal sealed class OpenWallet(WalletOpening wallets) : IEventHandler<UserRegistered>
{
    public Task HandleAsync(UserRegistered message, CancellationToken cancellationToken) =>
        wallets.EnsureOpenAsync(message.UserId, Money.DefaultCurrency, cancellationToken);
}
