using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web;

/// <summary>A tag helper whose markup is a view of its own, so that it reads as markup.</summary>
/// <param name="html">Renders the view.</param>
public abstract class PartTagHelper(IHtmlHelper html) : TagHelper
{
    /// <summary>The view that is being written.</summary>
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    /// <summary>Writes the view in place of the tag.</summary>
    protected async Task WriteAsync(TagHelperOutput output, string view, object model)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(await RenderAsync(view, model));
    }

    /// <summary>The view as markup.</summary>
    protected Task<IHtmlContent> RenderAsync(string view, object model)
    {
        ((IViewContextAware)html).Contextualize(ViewContext);
        return html.PartialAsync(view, model);
    }
}
