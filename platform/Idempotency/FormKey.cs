using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Idempotency;

/// <summary>Names one showing of a form, so that sending it twice does its work once.</summary>
public static class FormKey
{
    /// <summary>The hidden field.</summary>
    public const string Field = "form_key";

    /// <summary>A new name.</summary>
    public static string New() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
}

/// <summary>Puts the hidden <c>form_key</c> into every form that posts; actions with <see cref="IdempotentAttribute"/> use it.</summary>
[HtmlTargetElement("form", Attributes = "method")]
public sealed class FormKeyTagHelper : TagHelper
{
    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (!string.Equals(context.AllAttributes["method"].Value?.ToString(), "post", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var field = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
        field.Attributes["type"] = "hidden";
        field.Attributes["name"] = FormKey.Field;
        field.Attributes["value"] = FormKey.New();
        output.PostContent.AppendHtml(field);
    }
}
