using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Layout;

/// <summary>
/// The head of a page: where it stands, what it is called, and what can be done on it. Also names the browser's tab.
/// <code>
/// &lt;page-header title="@Model.Number" sub="@Model.CustomerName"&gt;
///   &lt;crumb href="/deals" text="@T["deals.deals"]" /&gt;
///   &lt;a class="btn btn-primary" asp-action="New"&gt;…&lt;/a&gt;
/// &lt;/page-header&gt;
/// </code>
/// </summary>
[HtmlTargetElement("page-header", Attributes = "title")]
public sealed class PageHeaderTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    /// <summary>What the page is called; its h1.</summary>
    public string Title { get; set; } = "";

    /// <summary>What else identifies it, such as a name beside a number.</summary>
    public string? Sub { get; set; }

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var crumbs = new List<Crumb>();
        context.Items[typeof(Crumb)] = crumbs;
        var actions = await output.GetChildContentAsync();
        ViewContext.ViewData["Title"] = Title;
        await WriteAsync(output, "/Web/Layout/_PageHeader.cshtml", new PageHeader(Title, Sub, crumbs, actions.IsEmptyOrWhiteSpace ? null : actions));
    }
}

/// <summary>A page above this one, inside a <c>page-header</c>.</summary>
[HtmlTargetElement("crumb", ParentTag = "page-header", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class CrumbTagHelper : TagHelper
{
    /// <summary>Its address.</summary>
    public string Href { get; set; } = "";

    /// <summary>Its name.</summary>
    public string Text { get; set; } = "";

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ((List<Crumb>)context.Items[typeof(Crumb)]).Add(new(Href, Text));
        output.SuppressOutput();
    }
}

/// <summary>A page above the one that is shown.</summary>
/// <param name="Href">Its address.</param>
/// <param name="Text">Its name.</param>
public sealed record Crumb(string Href, string Text);

/// <summary>The head of a page as <c>_PageHeader.cshtml</c> shows it.</summary>
/// <param name="Title">What the page is called.</param>
/// <param name="Sub">What else identifies it.</param>
/// <param name="Crumbs">The pages above it.</param>
/// <param name="Actions">What can be done on it.</param>
public sealed record PageHeader(string Title, string? Sub, IReadOnlyList<Crumb> Crumbs, IHtmlContent? Actions);
