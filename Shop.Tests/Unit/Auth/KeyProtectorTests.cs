using Microsoft.Extensions.Options;
using Shop.Auth;
using Shop.Auth.Keys;

namespace Shop.Tests.Unit.Auth;

public sealed class KeyProtectorTests
{
    private static readonly byte[] Plain = [1, 2, 3, 4, 5];

    [Fact]
    public void What_is_protected_comes_back_and_never_looks_the_same_twice()
    {
        var protector = With("one key of enough characters");
        var first = protector.Protect(Plain, "kid");

        Assert.Equal(Plain, protector.Unprotect(first, "kid"));
        Assert.NotEqual(first, protector.Protect(Plain, "kid"));
    }

    [Fact]
    public void Another_key_another_id_or_a_changed_byte_is_refused()
    {
        var protector = With("one key of enough characters");
        var kept = protector.Protect(Plain, "kid");
        var changed = kept.ToArray();
        changed[^1] ^= 1;

        Assert.Throws<InvalidOperationException>(() => With("another key of enough characters").Unprotect(kept, "kid"));
        Assert.Throws<InvalidOperationException>(() => protector.Unprotect(kept, "other"));
        Assert.Throws<InvalidOperationException>(() => protector.Unprotect(changed, "kid"));
        Assert.Throws<InvalidOperationException>(() => protector.Unprotect([], "kid"));
    }

    private static KeyProtector With(string key) => new(Options.Create(new AuthOptions { KeyEncryptionKey = key }));
}
