using Shop.Auth.Sessions;

namespace Shop.Tests.Unit.Auth;

public sealed class SessionTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly Session _session = new() { UserId = Guid.NewGuid(), CreatedAt = Start, ExpiresAt = Start + Lifetime };

    [Fact]
    public void A_token_is_redeemed_once()
    {
        var token = Token();

        Assert.Equal(RefreshVerdict.Redeemed, _session.Redeem(token, Start));
        Assert.Equal(Start, token.UsedAt);
        Assert.Null(_session.RevokedAt);
    }

    [Fact]
    public void A_token_used_twice_ends_the_session_and_its_newest_token_with_it()
    {
        var first = Token();
        var second = Token();
        _session.Redeem(first, Start);

        Assert.Equal(RefreshVerdict.Reused, _session.Redeem(first, Start.AddMinutes(1)));
        Assert.Equal(Start.AddMinutes(1), _session.RevokedAt);
        Assert.Equal(RefreshVerdict.Revoked, _session.Redeem(second, Start.AddMinutes(2)));
        Assert.Null(second.UsedAt);
    }

    [Fact]
    public void A_token_is_good_until_the_moment_it_expires()
    {
        Assert.Equal(RefreshVerdict.Redeemed, _session.Redeem(Token(), Start + Lifetime - TimeSpan.FromTicks(1)));
        Assert.Equal(RefreshVerdict.Expired, _session.Redeem(Token(), Start + Lifetime));
    }

    [Fact]
    public void The_first_revocation_counts()
    {
        _session.Revoke(Start);
        _session.Revoke(Start.AddDays(1));

        Assert.Equal(Start, _session.RevokedAt);
    }

    private RefreshToken Token() => new() { TokenHash = Guid.NewGuid().ToByteArray(), SessionId = _session.Id, ExpiresAt = Start + Lifetime };
}
