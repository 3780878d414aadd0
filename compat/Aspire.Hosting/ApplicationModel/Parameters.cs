using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value given from outside.</summary>
public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider, IResourceWithoutLifetime
{
    private readonly Lazy<string> _value;

    /// <summary>Declares a parameter.</summary>
    /// <param name="name">The name of the resource.</param>
    /// <param name="callback">Gets the value.</param>
    /// <param name="secret">Whether the value is a secret.</param>
    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        Secret = secret;
        _value = new Lazy<string>(() => callback(Default));
    }

    /// <summary>Where the value comes from when it is not configured.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>Whether the value is a secret.</summary>
    public bool Secret { get; }

    /// <summary>Whether the value is a connection string.</summary>
    public bool IsConnectionString { get; set; }

    /// <summary>What the parameter is for.</summary>
    public string? Description { get; set; }

    /// <inheritdoc />
    public string ValueExpression => $"{{{Name}.value}}";

    internal string Value => _value.Value;

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<string?>(Value);
    }
}

/// <summary>Where the value of a parameter comes from when it is not configured.</summary>
public abstract class ParameterDefault
{
    /// <summary>Gets the value.</summary>
    /// <returns>The value.</returns>
    public abstract string GetDefaultValue();
}

/// <summary>The value is generated at random.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Characters that look alike, and those that need escaping in connection strings, are left out.
    private const string LowerCharacters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCharacters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericCharacters = "0123456789";
    private const string SpecialCharacters = "-_.{}~()*+!";

    /// <summary>The least length.</summary>
    public int MinLength { get; set; }

    /// <summary>Whether there are lower-case letters.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Whether there are upper-case letters.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Whether there are digits.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Whether there are other characters.</summary>
    public bool Special { get; set; } = true;

    /// <summary>The least number of lower-case letters.</summary>
    public int MinLower { get; set; }

    /// <summary>The least number of upper-case letters.</summary>
    public int MinUpper { get; set; }

    /// <summary>The least number of digits.</summary>
    public int MinNumeric { get; set; }

    /// <summary>The least number of other characters.</summary>
    public int MinSpecial { get; set; }

    /// <inheritdoc />
    public override string GetDefaultValue()
    {
        var alphabet = (Lower ? LowerCharacters : "") + (Upper ? UpperCharacters : "")
            + (Numeric ? NumericCharacters : "") + (Special ? SpecialCharacters : "");
        if (alphabet.Length == 0)
            throw new InvalidOperationException("A generated parameter needs at least one kind of character.");

        var required = RandomNumberGenerator.GetString(LowerCharacters, Lower ? MinLower : 0)
            + RandomNumberGenerator.GetString(UpperCharacters, Upper ? MinUpper : 0)
            + RandomNumberGenerator.GetString(NumericCharacters, Numeric ? MinNumeric : 0)
            + RandomNumberGenerator.GetString(SpecialCharacters, Special ? MinSpecial : 0);
        var rest = RandomNumberGenerator.GetString(alphabet, Math.Max(0, MinLength - required.Length));

        var characters = (required + rest).ToCharArray();
        RandomNumberGenerator.Shuffle<char>(characters);
        return new string(characters);
    }
}

/// <summary>A parameter has no value.</summary>
public sealed class MissingParameterValueException : DistributedApplicationException
{
    /// <summary>Reports a missing value.</summary>
    public MissingParameterValueException()
    {
    }

    /// <summary>Reports a missing value.</summary>
    /// <param name="message">What is missing and how to give it.</param>
    public MissingParameterValueException(string message)
        : base(message)
    {
    }

    /// <summary>Reports a missing value.</summary>
    /// <param name="message">What is missing and how to give it.</param>
    /// <param name="innerException">The cause.</param>
    public MissingParameterValueException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
