namespace Shop.ServiceDefaults.Errors;

/// <summary>
/// A failure that is the caller's to know, thrown where returning a result would thread it through every layer.
/// The exception handler turns it into the same problem details as <see cref="Problems.Create"/>.
/// </summary>
public sealed class ProblemException(int status, string code, string detail) : Exception(detail)
{
    /// <summary>The HTTP status of the answer.</summary>
    public int Status { get; } = status;

    /// <summary>The snake_case name that clients can switch on.</summary>
    public string Code { get; } = code;

    /// <inheritdoc cref="Problems.SetMomentary"/>
    public bool IsMomentary { get; init; }
}
