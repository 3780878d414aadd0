using Shop.ServiceDefaults.Http;

namespace Shop.Notifications.Templates;

/// <summary>Says in words why a payment failed: events and APIs carry codes.</summary>
internal static class ReasonText
{
    /// <summary>The text of a code; a general one for a code that is not known here.</summary>
    public static string Of(string code, Language language) => code switch
    {
        "insufficient_funds" => language.Choose("на кошельке недостаточно денег", "there is not enough money in the wallet"),
        "payment_method_unavailable" => language.Choose("этот способ оплаты сейчас недоступен", "this payment method is not available now"),
        _ => language.Choose("платёж отклонён", "the payment was declined"),
    };
}
