using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Display;

/// <summary>
/// A moment in the reader's zone: <c>&lt;time-of at="deal.SubmittedAt" /&gt;</c>, with <c>day-only="true"</c> only the day it falls on.
/// The zone stands in the title. No moment shows a dash.
/// </summary>
[HtmlTargetElement("time-of", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class TimeOfTagHelper(ICurrentPerson me) : TagHelper
{
    /// <summary>The moment, as the database has it (UTC).</summary>
    public DateTime? At { get; set; }

    /// <summary>Without the time of day.</summary>
    public bool DayOnly { get; set; }

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Begin("time", "number");
        if (At is not { } at)
        {
            output.Content.SetContent("–");
            return;
        }

        var zone = Formats.Zone(me.TimeZone);
        output.Attributes.SetAttribute("datetime", at.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture));
        output.Attributes.SetAttribute("title", $"{Formats.Time(at, zone)} {zone.Id}");
        output.Content.SetContent(DayOnly ? Formats.DateOf(at, zone) : Formats.Time(at, zone));
    }
}
