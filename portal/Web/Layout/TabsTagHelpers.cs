using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Portal.Web.Display;

namespace Portal.Web.Layout;

/// <summary>
/// Pages that belong together, side by side. They are links with addresses of their own:
/// <c>&lt;tabs label="…"&gt;&lt;tab href="/orders?side=purchases" active="true" count="3"&gt;…&lt;/tab&gt;&lt;/tabs&gt;</c>.
/// </summary>
[HtmlTargetElement("tabs")]
public sealed class TabsTagHelper : TagHelper
{
    /// <summary>What the tabs divide, for those who do not see them.</summary>
    public string Label { get; set; } = "";

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.Begin("nav", "tabs");
        output.Attributes.SetAttribute("aria-label", Label);
        var list = new TagBuilder("ul");
        list.AddCssClass("nav nav-tabs");
        list.InnerHtml.AppendHtml(await output.GetChildContentAsync());
        output.Content.SetHtmlContent(list);
    }
}

/// <summary>One of the pages in <c>tabs</c>.</summary>
[HtmlTargetElement("tab", ParentTag = "tabs")]
public sealed class TabTagHelper : TagHelper
{
    /// <summary>Its address.</summary>
    public string Href { get; set; } = "";

    /// <summary>True for the page that is shown.</summary>
    public bool Active { get; set; }

    /// <summary>How many things wait there.</summary>
    public int? Count { get; set; }

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.Begin("li", "nav-item");
        var link = new TagBuilder("a");
        link.AddCssClass(Active ? "nav-link active" : "nav-link");
        link.Attributes["href"] = Href;
        if (Active)
        {
            link.Attributes["aria-current"] = "page";
        }

        link.InnerHtml.AppendHtml(await output.GetChildContentAsync());
        if (Count is { } count and > 0)
        {
            var badge = new TagBuilder("span");
            badge.AddCssClass("badge tone-waiting ms-2");
            badge.InnerHtml.Append(Formats.Number(count));
            link.InnerHtml.AppendHtml(badge);
        }

        output.Content.SetHtmlContent(link);
    }
}
