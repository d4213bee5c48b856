using System.Globalization;
using System.Text.RegularExpressions;
using Portal.Documents.Typst;

namespace Portal.Quotes.Templates;

/// <summary>What is wrong with a design, each with the field and what to change; everything that can be told without typesetting it.</summary>
static partial class CheckQuoteTemplate
{
    /// <summary>The most characters of terms in one language.</summary>
    public const int MostTerms = 20_000;

    /// <summary>The most characters of an expert's source.</summary>
    public const int MostSource = 200_000;

    const int MostText = 2_000, MostLine = 200, MostNote = 200, PaperMm = 168, ProductMm = 40;
    const double ReadableContrast = 4.5; // WCAG 2.2, 1.4.3

    /// <summary>The problems, none where the design may be typeset.</summary>
    public static IReadOnlyList<TemplateProblem> Of(QuoteTemplateDraft draft, string? source) =>
    [
        .. draft.Note is { Length: > MostNote } ? [new TemplateProblem("Note", "templates.problem.too_long", MostNote, draft.Note.Length)] : Array.Empty<TemplateProblem>(),
        .. draft.Design.Logo is { } logo && logo.HeightMm is < 5 or > 40 ? [new TemplateProblem("LogoHeight", "templates.problem.logo_height", 5, 40)] : Array.Empty<TemplateProblem>(),
        .. Colours(draft.Design.Colours), .. Type(draft.Design.Type), .. Columns(draft.Design.Columns), .. Sections(draft.Design.Sections), .. Texts(draft.Design),
        .. draft.Open.Where(part => !QuoteDesign.Parts.Contains(part, StringComparer.Ordinal)).Select(part => new TemplateProblem("Open", "templates.problem.part", part)),
        .. source is { Length: > MostSource } ? [new TemplateProblem("Source", "templates.problem.too_long", MostSource, source.Length)] : Array.Empty<TemplateProblem>(),
    ];

    static IEnumerable<TemplateProblem> Colours(DesignColours? colours)
    {
        if (colours is null)
        {
            yield break;
        }

        foreach (var (field, colour) in new[] { ("Accent", colours.Accent), ("Ink", colours.Ink), ("Ground", colours.Ground) })
        {
            if (!Colour().IsMatch(colour))
            {
                yield return new(field, "templates.problem.colour", colour);
                yield break;
            }
        }

        // What is written stands on the paper and on the ground; both have to be readable.
        foreach (var (field, colour) in new[] { ("Accent", colours.Accent), ("Ink", colours.Ink) })
        {
            var least = Math.Min(Contrast(colour, "#ffffff"), field == "Ink" ? Contrast(colour, colours.Ground) : double.MaxValue);
            if (least < ReadableContrast)
            {
                yield return new(field, "templates.problem.contrast", least.ToString("0.0", CultureInfo.CurrentCulture), ReadableContrast.ToString("0.0", CultureInfo.CurrentCulture));
            }
        }
    }

    static IEnumerable<TemplateProblem> Type(DesignType? type)
    {
        if (type is not null && !HouseLook.Typefaces.Contains(type.Typeface, StringComparer.Ordinal))
        {
            yield return new("Typeface", "templates.problem.choice", type.Typeface, string.Join(", ", HouseLook.Typefaces));
        }

        if (type is not null && !HouseLook.Sizes.Contains(type.Size, StringComparer.Ordinal))
        {
            yield return new("Size", "templates.problem.choice", type.Size, string.Join(", ", HouseLook.Sizes));
        }
    }

    static IEnumerable<TemplateProblem> Columns(IReadOnlyList<DesignColumn>? columns)
    {
        if (columns is null)
        {
            yield break;
        }

        if (columns.FirstOrDefault(column => !DesignColumn.Known.Contains(column.Key, StringComparer.Ordinal)) is { } unknown)
        {
            yield return new("Columns", "templates.problem.choice", unknown.Key, string.Join(", ", DesignColumn.Known));
            yield break;
        }

        foreach (var missing in DesignColumn.Needed.Where(key => columns.All(column => column.Key != key)))
        {
            yield return new("Columns", "templates.problem.column_needed", new TemplateName("templates.column." + missing));
        }

        if (columns.Select(column => column.Key).Distinct(StringComparer.Ordinal).Count() != columns.Count)
        {
            yield return new("Columns", "templates.problem.column_twice");
        }

        foreach (var column in columns)
        {
            if (column.WidthMm is < 6 or > 100)
            {
                yield return new("Columns", "templates.problem.width", new TemplateName("templates.column." + column.Key), 6, 100);
            }

            if (!DesignColumn.FormatsOf(column.Key).Contains(column.Format, StringComparer.Ordinal))
            {
                yield return new("Columns", "templates.problem.choice", column.Format, string.Join(", ", DesignColumn.FormatsOf(column.Key)));
            }
        }

        var taken = columns.Where(column => column.Key != "product").Sum(column => column.WidthMm ?? 0);
        if (taken + (columns.FirstOrDefault(column => column.Key == "product")?.WidthMm ?? ProductMm) > PaperMm)
        {
            yield return new("Columns", "templates.problem.widths", taken, PaperMm - ProductMm);
        }
    }

    static IEnumerable<TemplateProblem> Sections(IReadOnlyList<string>? sections)
    {
        if (sections is null)
        {
            yield break;
        }

        foreach (var unknown in sections.Where(section => !QuoteSections.Known.Contains(section, StringComparer.Ordinal)))
        {
            yield return new("Sections", "templates.problem.choice", unknown, string.Join(", ", QuoteSections.Known));
        }

        foreach (var missing in QuoteSections.Needed.Where(needed => !sections.Contains(needed, StringComparer.Ordinal)))
        {
            yield return new("Sections", "templates.problem.section_needed", new TemplateName("templates.section." + missing));
        }

        if (sections.Distinct(StringComparer.Ordinal).Count() != sections.Count)
        {
            yield return new("Sections", "templates.problem.section_twice");
        }
    }

    static IEnumerable<TemplateProblem> Texts(QuoteDesign design)
    {
        (string Field, DesignText? Text, int Most)[] texts =
        [
            ("Title", design.Words?.Title, MostLine / 4), ("Intro", design.Words?.Intro, MostText), ("Closing", design.Words?.Closing, MostText), ("Acceptance", design.Words?.Acceptance, MostText / 2), ("Footer", design.Words?.Footer, MostLine),
            ("Terms", design.Terms, MostTerms), ("SignatureSeller", design.Signature?.Seller, MostLine), ("SignatureCustomer", design.Signature?.Customer, MostLine),
        ];
        foreach (var (field, text, most) in texts.SelectMany(one => new[] { (one.Field + "En", one.Text?.En, one.Most), (one.Field + "Zh", one.Text?.ZhCn, one.Most) }))
        {
            if (text is null)
            {
                continue;
            }

            if (text.Length > most)
            {
                yield return new(field, "templates.problem.too_long", most, text.Length);
            }
            else if (QuotePlaceholders.UnknownIn(text) is { Count: > 0 } unknown)
            {
                yield return new(field, "templates.problem.placeholder", QuotePlaceholders.Written(unknown), QuotePlaceholders.Written(QuotePlaceholders.Known));
            }
        }
    }

    static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    // WCAG 2.2, relative luminance.
    static double Luminance(string colour)
    {
        double Part(int at)
        {
            var share = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
    }

    [GeneratedRegex("^#[0-9a-fA-F]{6}$", RegexOptions.NonBacktracking)]
    private static partial Regex Colour();
}

/// <summary>A name in a sentence that is itself a text.</summary>
/// <param name="TextKey">The name's key.</param>
public sealed record TemplateName(string TextKey);

/// <summary>A problem as a sentence.</summary>
static class TemplateProblems
{
    public static string Text(this TemplateProblem problem, Platform.Texts.Texts t) =>
        problem.Arguments.Count == 0 ? t[problem.TextKey] : t[problem.TextKey, [.. problem.Arguments.Select(argument => argument is TemplateName name ? t[name.TextKey].Value : argument)]];
}
