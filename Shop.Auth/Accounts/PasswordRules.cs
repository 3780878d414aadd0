using System.Collections.Frozen;

namespace Shop.Auth.Accounts;

/// <summary>Length and guessability, as NIST SP 800-63B asks, instead of a recipe of character classes.</summary>
internal static class PasswordRules
{
    public const int MinLength = 8;
    public const int MaxLength = 128;
    private const int MinDistinctCharacters = 4;

    /// <summary>The passwords of at least <see cref="MinLength"/> characters that lead the published lists of leaked ones.</summary>
    private static readonly FrozenSet<string> Common = new[]
    {
        "password", "password1", "password12", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "12345678", "123456789", "1234567890",
        "0987654321", "87654321", "987654321", "qwerty12", "qwerty123", "qwertyui", "qwertyuiop", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx",
        "q1w2e3r4", "q1w2e3r4t5", "zaq12wsx", "asdfghjk", "asdfghjkl", "zxcvbnm1", "iloveyou", "iloveyou1", "sunshine", "princess",
        "football", "baseball", "superman", "trustno1", "welcome1", "letmein1", "abcd1234", "abc12345", "admin123", "administrator",
        "changeme", "computer", "internet", "whatever", "starwars", "samsung1", "michael1", "a1b2c3d4", "12341234", "11223344",
        "qazwsxedc", "йцукенгш", "йцукен123", "пароль123", "привет123",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <returns>What is wrong with it, or null.</returns>
    public static string? FindFault(string password, string email)
    {
        if (password.Length is < MinLength or > MaxLength)
            return $"The password must have {MinLength} to {MaxLength} characters.";
        if (password.Distinct().Count() < MinDistinctCharacters)
            return $"The password must have at least {MinDistinctCharacters} different characters.";
        if (Common.Contains(password))
            return "This password is among the first that are guessed. Choose another.";
        if (password.Equals(email, StringComparison.OrdinalIgnoreCase) || password.Equals(email.Split('@')[0], StringComparison.OrdinalIgnoreCase))
            return "The password must not be the e-mail address.";
        return null;
    }
}
