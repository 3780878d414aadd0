using System.Globalization;

namespace Aspire.Dashboard.Shared;

/// <summary>How many rows of a long list a page shows: few at first, so that it is there at once, and more when asked for.</summary>
/// <param name="Rows">How many at most.</param>
internal readonly record struct ListLength(int Rows)
{
    private static readonly int[] All = [100, 500, 1000];

    /// <summary>As the address of the page has it.</summary>
    public static ListLength Read(string? text) => new(int.TryParse(text, CultureInfo.InvariantCulture, out var rows) && All.Contains(rows) ? rows : All[0]);

    /// <summary>What the address of the page says of it; nothing of the shortest.</summary>
    public int? Query => Rows > All[0] ? Rows : null;

    /// <summary>The next, if there are more rows.</summary>
    public ListLength? More(int found)
    {
        var shown = Rows;
        return shown < found && Array.Find(All, rows => rows > shown) is > 0 and var more ? new ListLength(more) : null;
    }
}
