using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Display;

/// <summary>
/// An amount with its currency: <c>&lt;money amount="order.Total" currency="@order.Currency" /&gt;</c>. In a column whose head names the
/// currency, <c>bare="true"</c> leaves it away. No amount shows a dash.
/// </summary>
[HtmlTargetElement("money", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class MoneyTagHelper : TagHelper
{
    /// <summary>The amount.</summary>
    public decimal? Amount { get; set; }

    /// <summary>Its currency, three letters.</summary>
    public string? Currency { get; set; }

    /// <summary>Without the currency's letters.</summary>
    public bool Bare { get; set; }

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Begin("span", "number");
        output.Content.SetContent(
            Amount is not { } amount ? "–"
            : Bare || Currency is null ? Formats.Amount(amount, Currency)
            : Formats.Of(new Money(amount, Currency)));
    }
}

/// <summary>A number: <c>&lt;number value="line.Quantity" /&gt;</c>. No number shows a dash.</summary>
[HtmlTargetElement("number", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class NumberTagHelper : TagHelper
{
    /// <summary>The number.</summary>
    public decimal? Value { get; set; }

    /// <summary>Exactly so many decimals; as many as it has (four at most) where nothing is said.</summary>
    public int? Decimals { get; set; }

    /// <summary>The number is a share of one and shown in per cent.</summary>
    public bool Percent { get; set; }

    /// <summary>What stands behind the number, such as a unit.</summary>
    public string? Unit { get; set; }

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Begin("span", "number");
        if (Value is not { } value)
        {
            output.Content.SetContent("–");
            return;
        }

        var digits = Percent ? Formats.Percent(value, Decimals ?? 1) : Formats.Number(value, Decimals ?? 0, Decimals ?? 4);
        output.Content.SetContent(Unit is null ? digits : string.Create(CultureInfo.InvariantCulture, $"{digits}\u00A0{Unit}"));
    }
}

/// <summary>A day: <c>&lt;date-of day="deal.ProtectedUntil" /&gt;</c>. No day shows a dash.</summary>
[HtmlTargetElement("date-of", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class DateOfTagHelper : TagHelper
{
    /// <summary>The day.</summary>
    public DateOnly? Day { get; set; }

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Begin("time", "number");
        if (Day is { } day)
        {
            output.Attributes.SetAttribute("datetime", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        output.Content.SetContent(Day is { } shown ? Formats.Date(shown) : "–");
    }
}

static class TagHelperOutputs
{
    /// <summary>Names the element that is written and gives it its class.</summary>
    public static void Begin(this TagHelperOutput output, string tag, string cssClass)
    {
        output.TagName = tag;
        output.TagMode = TagMode.StartTagAndEndTag;
        foreach (var name in cssClass.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            output.AddClass(name, HtmlEncoder.Default);
        }
    }
}
