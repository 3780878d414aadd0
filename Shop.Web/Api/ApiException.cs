using System.Globalization;

namespace Shop.Web.Api;

/// <summary>A service answered with a problem.</summary>
internal sealed class ApiException(int status, string code, string detail, IReadOnlyDictionary<string, string[]> errors) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>The problem's snake_case name; empty when it has none.</summary>
    public string Code { get; } = code;

    /// <summary>What its message is found by: the code, or else the status.</summary>
    public string Key => Code.Length > 0 ? Code : Status.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
