using System.Globalization;
using System.Reflection;
using System.Resources;
using Shop.Notifications.Templates;
using Shop.Payments.Payments;
using Shop.ServiceDefaults.Http;
using Shop.TelegramBot.Conversations.Texts;
using Shop.TelegramBot.ShopApi;

namespace Shop.Tests.Unit.Orders;

/// <summary>Services give the reason of a failure as a code; whoever shows it has words for every code.</summary>
public sealed class FailureTextTests
{
    public static TheoryData<string> Reasons { get; } = [.. typeof(FailureReasons)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (string)field.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_of_payments_is_put_in_words_by_mail_storefront_and_bot(string reason)
    {
        var storefront = new ResourceManager(typeof(Shop.Web.Localization.Texts));
        foreach (var language in new[] { Language.Russian, Language.English })
        {
            Assert.NotEqual(ReasonText.Of("unknown", language), ReasonText.Of(reason, language));
            Assert.NotNull(storefront.GetString($"failed_{reason}", CultureInfo.GetCultureInfo(language.Code)));
        }
        foreach (var bot in new BotTexts[] { new RussianTexts(), new EnglishTexts() })
        {
            var (plain, explained) = (bot.Order(Failed(null)), bot.Order(Failed(reason)));
            Assert.True(explained.Length > plain.Length, explained);
            Assert.DoesNotContain(reason, explained, StringComparison.Ordinal);
            Assert.Equal(plain, bot.Order(Failed("unknown")));
        }
    }

    private static readonly Guid Id = Guid.CreateVersion7();

    private static Order Failed(string? reason) => new(Id, "failed", 500.00m, "RUB", [], reason);
}
