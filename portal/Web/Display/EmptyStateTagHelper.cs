using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Portal.Web.Lists;

namespace Portal.Web.Display;

/// <summary>
/// What stands where nothing is yet, and says what to do next:
/// <c>&lt;empty-state icon="file-certificate" title="…" text="…" action="…" href="/deals/new" /&gt;</c>. Inside a <c>list-table</c> it
/// shows only when the list is empty; a list that words or filters emptied says so by itself.
/// </summary>
[HtmlTargetElement("empty-state", Attributes = "title")]
public sealed class EmptyStateTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    /// <summary>What is not there.</summary>
    public string Title { get; set; } = "";

    /// <summary>What it would be good for, or how it comes.</summary>
    public string? Text { get; set; }

    /// <summary>What to do next, on a button.</summary>
    public string? Action { get; set; }

    /// <summary>Where the button leads.</summary>
    public string? Href { get; set; }

    /// <summary>A picture.</summary>
    public string Icon { get; set; } = "inbox";

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var child = await output.GetChildContentAsync();
        var state = new EmptyState(Title, Text, Action, Href, Icon, child.IsEmptyOrWhiteSpace ? null : child);
        if (context.Items.TryGetValue(typeof(ListTable), out var list))
        {
            ((ListTable)list).Empty = await RenderAsync("/Web/Display/_EmptyState.cshtml", state);
            output.SuppressOutput();
            return;
        }

        await WriteAsync(output, "/Web/Display/_EmptyState.cshtml", state);
    }
}

/// <summary>An empty state as <c>_EmptyState.cshtml</c> shows it.</summary>
/// <param name="Title">What is not there.</param>
/// <param name="Text">How it comes.</param>
/// <param name="Action">What to do next.</param>
/// <param name="Href">Where that is done.</param>
/// <param name="Icon">A picture.</param>
/// <param name="More">Whatever else helps, such as a form.</param>
public sealed record EmptyState(string Title, string? Text, string? Action, string? Href, string Icon, IHtmlContent? More);
