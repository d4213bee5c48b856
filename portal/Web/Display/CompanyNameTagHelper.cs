using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Display;

/// <summary>
/// A company in a list: <c>&lt;company-name name="@deal.PartnerName" latin="@deal.PartnerNameLatin" /&gt;</c>, with <c>href</c> as a link. Who reads English finds the
/// name in Latin letters under it, where it has one; who reads Chinese needs none.
/// </summary>
[HtmlTargetElement("company-name", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class CompanyNameTagHelper : TagHelper
{
    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Its name in Latin letters.</summary>
    public string? Latin { get; set; }

    /// <summary>Its page.</summary>
    public string? Href { get; set; }

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        if (Href is null)
        {
            output.Content.Append(Name ?? "–");
        }
        else
        {
            output.Content.AppendHtml("<a href=\"").Append(Href).AppendHtml("\">").Append(Name ?? "–").AppendHtml("</a>");
        }

        if (Formats.LatinBeside(Name, Latin) is { } latin)
        {
            output.Content.AppendHtml("<small class=\"d-block text-secondary\">").Append(latin).AppendHtml("</small>");
        }
    }
}
