using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Shop.ServiceDefaults.Http;

/// <summary>
/// The part of a list that is asked for. As a parameter of a minimal-API endpoint it is bound from the query
/// (<c>page</c>, <c>page_size</c>); what is out of bounds is answered with 400.
/// </summary>
public sealed class Paging
{
    /// <summary>The largest page, in rows.</summary>
    public const int MaxPageSize = 100;

    /// <summary>The last page that may be asked for; it bounds the rows that a database has to skip.</summary>
    public const int MaxPage = 10_000;

    /// <summary>The size of a page when none is asked for, in rows.</summary>
    public const int DefaultPageSize = 20;

    private Paging(int page, int pageSize) => (Page, PageSize) = (page, pageSize);

    /// <summary>The page's number, from 1.</summary>
    public int Page { get; }

    /// <summary>Rows on a page, 1 to <see cref="MaxPageSize"/>.</summary>
    public int PageSize { get; }

    /// <summary>Rows before this page.</summary>
    public int Offset => (Page - 1) * PageSize;

    /// <summary>Reads the page from the query.</summary>
    /// <exception cref="BadHttpRequestException">A number is out of bounds, or is no number.</exception>
    public static ValueTask<Paging?> BindAsync(HttpContext context) => ValueTask.FromResult<Paging?>(new Paging(
        Read(context.Request.Query, "page", 1, MaxPage),
        Read(context.Request.Query, "page_size", DefaultPageSize, MaxPageSize)));

    /// <summary>Says in <c>X-Total-Count</c> and <c>Link</c> how the list goes on.</summary>
    /// <param name="response">The response that carries the page.</param>
    /// <param name="total">How many rows the whole list has.</param>
    public void WriteHeaders(HttpResponse response, long total)
    {
        var last = (int)Math.Clamp((total + PageSize - 1) / PageSize, 1, MaxPage);
        List<string> links = [Link(response.HttpContext.Request, 1, "first"), Link(response.HttpContext.Request, last, "last")];
        if (Page > 1)
            links.Add(Link(response.HttpContext.Request, Math.Min(Page - 1, last), "prev"));
        if (Page < last)
            links.Add(Link(response.HttpContext.Request, Page + 1, "next"));

        response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        response.Headers.Link = string.Join(", ", links);
    }

    private string Link(HttpRequest request, int page, string relation)
    {
        var query = QueryHelpers.ParseQuery(request.QueryString.Value);
        query["page"] = page.ToString(CultureInfo.InvariantCulture);
        query["page_size"] = PageSize.ToString(CultureInfo.InvariantCulture);
        return $"<{QueryHelpers.AddQueryString(request.PathBase + request.Path, query)}>; rel=\"{relation}\"";
    }

    private static int Read(IQueryCollection query, string name, int byDefault, int max)
    {
        if (!query.TryGetValue(name, out var text))
            return byDefault;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max)
            return number;
        throw new BadHttpRequestException($"{name} must be a whole number from 1 to {max}.");
    }
}
