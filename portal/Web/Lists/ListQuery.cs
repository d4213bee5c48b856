using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace Portal.Web.Lists;

/// <summary>
/// What a person asked of a list: words, filters, order and page, read from the address (<c>?q=&amp;status=&amp;sort=-amount&amp;page=2&amp;size=50</c>)
/// and checked against the list's <see cref="ListShape"/>. Anything else in the address is ignored.
/// </summary>
public sealed record ListQuery
{
    ListQuery(ListShape shape) => Shape = shape;

    /// <summary>What may be asked.</summary>
    public ListShape Shape { get; }

    /// <summary>The words searched for; null where none are.</summary>
    public string? Words { get; private init; }

    /// <summary>The sort column's name, with a minus before it for the largest first.</summary>
    public string Sort { get; private init; } = "";

    /// <summary>Which page, from 1.</summary>
    public int Page { get; private init; } = 1;

    /// <summary>How many rows a page has.</summary>
    public int Size { get; private init; } = ListShape.PageSizes[0];

    /// <summary>The filters that are set.</summary>
    public IReadOnlyDictionary<string, string> Filters { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The value of a filter, or null where it is not set; pass it to <c>(@status::text is null or status = @status)</c>.</summary>
    public string? this[string filter] => Filters.GetValueOrDefault(filter);

    /// <summary>The day a filter is set to; null where it is not set or no day, which then does not narrow the list.</summary>
    public DateOnly? Day(string filter) => Typed.Near(Typed.Day(this[filter]));

    /// <summary>The rows to skip, for <c>offset @Offset</c>.</summary>
    public long Offset => (Page - 1L) * Size;

    /// <summary>The rows to take, for <c>limit @Limit</c>.</summary>
    public int Limit => Size;

    /// <summary>What stands after <c>order by</c>; made of the shape's columns only.</summary>
    public string OrderBy => $"{Shape.Columns[SortColumn]} {(Descending ? "desc nulls last" : "asc nulls last")}, {Shape.Tie}";

    /// <summary>The sort column's name.</summary>
    public string SortColumn => Sort.TrimStart('-');

    /// <summary>The largest first.</summary>
    public bool Descending => Sort.StartsWith('-');

    /// <summary>True when words or filters narrow the list: an empty answer then means "nothing fits", not "nothing there".</summary>
    public bool IsNarrowed => Words is not null || Filters.Count > 0;

    /// <summary>Reads the address.</summary>
    public static ListQuery Read(HttpRequest request, ListShape shape) => Read(request.Query, shape);

    /// <summary>Reads what a saved view holds.</summary>
    public static ListQuery Read(string queryString, ListShape shape) => Read(new QueryCollection(QueryHelpers.ParseQuery(queryString)), shape);

    static ListQuery Read(IQueryCollection asked, ListShape shape) => new(shape)
    {
        Words = Text(asked["q"]),
        Sort = asked["sort"].ToString() is var sort && shape.Columns.ContainsKey(sort.StartsWith('-') ? sort[1..] : sort) ? sort : shape.DefaultSort,
        Page = int.TryParse(asked["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1,
        Size = int.TryParse(asked["size"], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && ListShape.PageSizes.Contains(size) ? size : ListShape.PageSizes[0],
        Filters = shape.Filters.Select(name => (Name: name, Value: Text(asked[name]))).Where(filter => filter.Value is not null)
            .ToDictionary(filter => filter.Name, filter => filter.Value!, StringComparer.Ordinal),
    };

    /// <summary>The same question for a portion of the whole list, from 1; of any length, for files.</summary>
    public ListQuery Portion(int number, int size) => this with { Page = number, Size = size };

    /// <summary>The same list on another page.</summary>
    public string OnPage(int page) => Address(Sort, page, Size);

    /// <summary>The same list in another order, from its first page; a second time turns the order round.</summary>
    public string SortedBy(string column) =>
        Address(string.Equals(Sort, column, StringComparison.Ordinal) ? "-" + column : column, 1, Size);

    /// <summary>The same list with other page lengths.</summary>
    public string WithSize(int size) => Address(Sort, 1, size);

    /// <summary>What identifies this view of the list: words, filters, order and page length, without the page.</summary>
    public string View => Address(Sort, 1, Size);

    /// <summary>The same order and page length, nothing narrowed.</summary>
    public string Everything => new QueryBuilder(Order(Sort, 1, Size)).ToString();

    string Address(string sort, int page, int size)
    {
        var query = new QueryBuilder();
        if (Words is not null)
        {
            query.Add("q", Words);
        }

        foreach (var (name, value) in Filters.OrderBy(filter => filter.Key, StringComparer.Ordinal))
        {
            query.Add(name, value);
        }

        foreach (var (name, value) in Order(sort, page, size))
        {
            query.Add(name, value);
        }

        return query.ToString() is { Length: > 0 } text ? text : "?";
    }

    IEnumerable<KeyValuePair<string, string>> Order(string sort, int page, int size)
    {
        if (!string.Equals(sort, Shape.DefaultSort, StringComparison.Ordinal))
        {
            yield return new("sort", sort);
        }

        if (size != ListShape.PageSizes[0])
        {
            yield return new("size", size.ToString(CultureInfo.InvariantCulture));
        }

        if (page > 1)
        {
            yield return new("page", page.ToString(CultureInfo.InvariantCulture));
        }
    }

    static string? Text(string? value)
    {
        var text = value?.Trim();
        return string.IsNullOrEmpty(text) ? null : text.Length > 200 ? text[..200] : text;
    }
}

/// <summary>The rows of one page, and how many there are in all.</summary>
/// <param name="Rows">The rows of the page.</param>
/// <param name="Total">How many rows the words and filters leave.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Rows, long Total);
