using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Platform.Idempotency;

namespace Portal.Web.Forms;

/// <summary>
/// Gives every form that changes something its protection, so that no page can forget it: the token against forged requests, and a key
/// by which a second click on the button is recognised as the same act.
/// </summary>
[HtmlTargetElement("form", Attributes = "method")]
public sealed class PostFormTagHelper(IHtmlGenerator generator) : TagHelper
{
    const string Token = "__RequestVerificationToken";

    /// <summary>The form's method.</summary>
    public string Method { get; set; } = "get";

    /// <summary>The view that is being written.</summary>
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    /// <summary>After MVC's own form tag helper.</summary>
    public override int Order => 1000;

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Attributes.SetAttribute("method", Method);
        if (!string.Equals(Method, "post", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        // MVC leaves the token out where the action is written by hand (but not always: ~/ gets it). Ours all lead to ourselves: the policy on
        // form-action sees to that. Two tokens would be refused.
        if (!output.PostContent.GetContent().Contains(Token, StringComparison.Ordinal))
        {
            output.PostContent.AppendHtml(generator.GenerateAntiforgery(ViewContext));
        }

        var key = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
        key.Attributes["type"] = "hidden";
        key.Attributes["name"] = FormKey.Field;
        key.Attributes["value"] = FormKey.New();
        output.PostContent.AppendHtml(key);
    }
}
