using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Portal.Web.Display;

namespace Portal.Web.Lists;

/// <summary>
/// What stands above a list: the search box, the filters, the views a person saved and the way to Excel.
/// <code>
/// &lt;list-toolbar query="Model.Query" search="@T["deals.search"]" export="/deals/export"&gt;
///   &lt;list-filter name="status" label="@T["deals.status"]" options="Model.Statuses" /&gt;
/// &lt;/list-toolbar&gt;
/// </code>
/// Filters work without JavaScript (a button sends them); with it the list follows as one types.
/// </summary>
[HtmlTargetElement("list-toolbar", Attributes = "query")]
public sealed class ListToolbarTagHelper(IHtmlHelper html, SavedViews views) : PartTagHelper(html)
{
    /// <summary>What was asked.</summary>
    public ListQuery Query { get; set; } = null!;

    /// <summary>What the search box searches for, as its label; no box where it is absent.</summary>
    public string? Search { get; set; }

    /// <summary>The address that answers the list as a file, Excel or (with <c>format=csv</c>) CSV; the query is appended. It sends with <c>Response.SendListAsync</c>.</summary>
    public string? Export { get; set; }

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var filters = new List<ListFilter>();
        context.Items[typeof(ListFilter)] = filters;
        context.Items[typeof(ListQuery)] = Query;
        var more = await output.GetChildContentAsync();
        await WriteAsync(output, "/Web/Lists/_ListToolbar.cshtml", new ListToolbar(Query, ViewContext.HttpContext.Request.Path, Search, Export, filters, more,
            await views.OfAsync(Query.Shape.Name, ViewContext.HttpContext.RequestAborted)));
    }
}

/// <summary>One filter of a <see cref="ListToolbarTagHelper"/>: a list of choices, or with <c>type="date"</c> (or text) an input.</summary>
[HtmlTargetElement("list-filter", ParentTag = "list-toolbar", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ListFilterTagHelper : TagHelper
{
    /// <summary>The filter's name, one of the shape's.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its label, also the text of the choice that does not filter.</summary>
    public string Label { get; set; } = "";

    /// <summary>The choices.</summary>
    public IEnumerable<SelectListItem>? Options { get; set; }

    /// <summary>The input's type where there are no choices.</summary>
    public string Type { get; set; } = "text";

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var query = (ListQuery)context.Items[typeof(ListQuery)];
        ((List<ListFilter>)context.Items[typeof(ListFilter)]).Add(new(Name, Label, Options?.ToList(), Type, query[Name]));
        output.SuppressOutput();
    }
}

/// <summary>
/// A list: the table (its rows inside this tag), what to show when it is empty, and the pages under it.
/// <code>
/// &lt;list-table query="Model.Query" total="Model.Page.Total" label="@T["deals.deals"]"&gt;
///   &lt;thead&gt;&lt;tr&gt;&lt;th sort="customer"&gt;@T["deals.customer"]&lt;/th&gt;&lt;th sort="amount" class="text-end"&gt;…&lt;/th&gt;&lt;/tr&gt;&lt;/thead&gt;
///   &lt;tbody&gt;…&lt;/tbody&gt;
///   &lt;empty-state …/&gt;
/// &lt;/list-table&gt;
/// </code>
/// </summary>
[HtmlTargetElement("list-table", Attributes = "query,total")]
public sealed class ListTableTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    /// <summary>What was asked.</summary>
    public ListQuery Query { get; set; } = null!;

    /// <summary>How many rows there are in all.</summary>
    public long Total { get; set; }

    /// <summary>What the table holds, for those who do not see it.</summary>
    public string Label { get; set; } = "";

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var part = new ListTable(Query, Total, Label);
        context.Items[typeof(ListTable)] = part;
        part.Table = await output.GetChildContentAsync();
        await WriteAsync(output, "/Web/Lists/_ListTable.cshtml", part);
    }
}

/// <summary>The head of a column that sorts: <c>&lt;th sort="amount"&gt;Amount&lt;/th&gt;</c> inside a <c>list-table</c>.</summary>
[HtmlTargetElement("th", Attributes = "sort")]
public sealed class SortHeaderTagHelper : TagHelper
{
    /// <summary>The column's name, one of the shape's.</summary>
    public string Sort { get; set; } = "";

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var query = ((ListTable)context.Items[typeof(ListTable)]).Query;
        var sorted = string.Equals(query.SortColumn, Sort, StringComparison.Ordinal);
        output.Attributes.SetAttribute("scope", "col");
        if (sorted)
        {
            output.Attributes.SetAttribute("aria-sort", query.Descending ? "descending" : "ascending");
        }

        var link = new TagBuilder("a");
        link.AddCssClass("sort");
        link.Attributes["href"] = query.SortedBy(Sort);
        link.InnerHtml.AppendHtml(await output.GetChildContentAsync());
        output.Content.SetHtmlContent(link);
    }
}

/// <summary>One filter as the toolbar shows it.</summary>
/// <param name="Name">Its name in the address.</param>
/// <param name="Label">Its label.</param>
/// <param name="Options">Its choices; null for an input.</param>
/// <param name="Type">The input's type.</param>
/// <param name="Value">What is set.</param>
public sealed record ListFilter(string Name, string Label, IReadOnlyList<SelectListItem>? Options, string Type, string? Value);

/// <summary>The toolbar as <c>_ListToolbar.cshtml</c> shows it.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Path">The list's own address.</param>
/// <param name="Search">The search box's label; null for no box.</param>
/// <param name="Export">The address of the file.</param>
/// <param name="Filters">The filters.</param>
/// <param name="More">Whatever else stood in the tag.</param>
/// <param name="Views">The views the person saved of this list.</param>
public sealed record ListToolbar(ListQuery Query, string Path, string? Search, string? Export, IReadOnlyList<ListFilter> Filters, IHtmlContent More, IReadOnlyList<SavedView> Views)
{
    /// <summary>The same list as CSV.</summary>
    public string ExportCsv => $"{Export}{Query.View}{(Query.View.Length > 1 ? "&" : "")}format=csv";
}

/// <summary>A list as <c>_ListTable.cshtml</c> shows it.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Total">How many rows there are in all.</param>
/// <param name="Label">What the table holds.</param>
public sealed record ListTable(ListQuery Query, long Total, string Label)
{
    /// <summary>The table's rows.</summary>
    public IHtmlContent Table { get; set; } = HtmlString.Empty;

    /// <summary>What to show instead of an empty table.</summary>
    public IHtmlContent? Empty { get; set; }

    /// <summary>The last page.</summary>
    public int LastPage => (int)Math.Max(1, (Total + Query.Size - 1) / Query.Size);

    /// <summary>The pages to link to, with 0 for a gap: the first, the last, and those around the one that is shown.</summary>
    public IReadOnlyList<int> Pages
    {
        get
        {
            var near = new SortedSet<int> { 1, LastPage };
            near.UnionWith(Enumerable.Range(Query.Page - 1, 3).Where(page => page >= 1 && page <= LastPage));
            var pages = new List<int>();
            foreach (var page in near)
            {
                if (pages.Count > 0 && page - pages[^1] > 1)
                {
                    pages.Add(0);
                }

                pages.Add(page);
            }

            return pages;
        }
    }
}
