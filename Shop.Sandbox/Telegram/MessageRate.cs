using Microsoft.Extensions.Options;

namespace Shop.Sandbox.Telegram;

/// <summary>Telegram's limit on how fast a bot may write, counted per second of the clock.</summary>
internal sealed class MessageRate(IOptions<TelegramOptions> options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _second;
    private int _count;

    /// <summary>Counts one message.</summary>
    /// <returns>Null when it may be sent, else after how many seconds to try again.</returns>
    public int? RetryAfter()
    {
        lock (_gate)
        {
            var second = clock.GetUtcNow().ToUnixTimeSeconds();
            if (second != _second) (_second, _count) = (second, 0);
            return ++_count > options.Value.MessagesPerSecond ? 1 : null;
        }
    }
}
