using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Display;

/// <summary>
/// An icon of Tabler's outline set: <c>&lt;icon name="bell" /&gt;</c>. Decoration by default; with <c>label</c> it is read aloud.
/// The build collects the named icons into one sprite and fails on a name that does not exist.
/// </summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class IconTagHelper : TagHelper
{
    /// <summary>The icon's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it means, where no text beside it says so.</summary>
    public string? Label { get; set; }

    /// <summary>The view that is being written.</summary>
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("icon", System.Text.Encodings.Web.HtmlEncoder.Default);
        if (Label is null)
        {
            output.Attributes.SetAttribute("aria-hidden", "true");
        }
        else
        {
            output.Attributes.SetAttribute("role", "img");
            output.Attributes.SetAttribute("aria-label", Label);
        }

        output.Content.SetHtmlContent(Use(ViewContext, Name));
    }

    static TagBuilder Use(ViewContext view, string name)
    {
        var http = view.HttpContext;
        var sprite = http.GetEndpoint()?.Metadata.GetMetadata<ResourceAssetCollection>()?["lib/icons.svg"] ?? "lib/icons.svg";
        var use = new TagBuilder("use");
        use.Attributes["href"] = $"{http.Request.PathBase}/{sprite}#{name}";
        return use;
    }
}
