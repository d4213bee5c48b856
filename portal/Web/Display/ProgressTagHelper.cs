using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Display;

/// <summary>
/// How far something has come: <c>&lt;progress-bar done="job.RowsDone" total="job.Rows" label="…" poll="/imports/IM-…/progress" live="imports" /&gt;</c>.
/// With <c>poll</c> it asks that address every two seconds, and at once when <see cref="Portal.Web.Live.LiveUpdates"/> tells of <c>live</c>, and is
/// replaced by what it answers; answer it without <c>poll</c> once all is done. Without JavaScript the page's own reload shows it.
/// </summary>
[HtmlTargetElement("progress-bar", Attributes = "label", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ProgressTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    /// <summary>How much is done.</summary>
    public long Done { get; set; }

    /// <summary>How much there is; null while nobody knows.</summary>
    public long? Total { get; set; }

    /// <summary>What goes on.</summary>
    public string Label { get; set; } = "";

    /// <summary>The address that answers this tag anew.</summary>
    public string? Poll { get; set; }

    /// <summary>The live topic that tells of a change.</summary>
    public string? Live { get; set; }

    /// <inheritdoc/>
    public override Task ProcessAsync(TagHelperContext context, TagHelperOutput output) =>
        WriteAsync(output, "/Web/Display/_Progress.cshtml", new ProgressPart(Done, Total, Label, Poll,
            string.Create(CultureInfo.InvariantCulture, $"every 2s{(Live is null ? "" : $", live:{Live} from:body")}")));
}

/// <summary>Progress as <c>_Progress.cshtml</c> shows it.</summary>
/// <param name="Done">How much is done.</param>
/// <param name="Total">How much there is.</param>
/// <param name="Label">What goes on.</param>
/// <param name="Poll">The address that answers it anew.</param>
/// <param name="Trigger">When it is asked.</param>
public sealed record ProgressPart(long Done, long? Total, string Label, string? Poll, string Trigger);
