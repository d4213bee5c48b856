using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Portal.Web;

namespace Portal.Quotes.Templates;

/// <summary>The designer's form: each part is the owner's own or left to what stands above it.</summary>
public sealed class QuoteTemplateForm
{
    /// <summary>What it is, in the owner's words.</summary>
    [StringLength(200)]
    public string? Note { get; set; }

    /// <summary>The parts that are the owner's own.</summary>
    public List<string> Own { get; set; } = [];

    /// <summary>The parts that partners may have of their own; the brand's form only.</summary>
    public List<string> Open { get; set; } = [];

    /// <summary>A new logo.</summary>
    public IFormFile? LogoFile { get; set; }

    /// <summary>The hash of the logo that is kept.</summary>
    public string? LogoSha256 { get; set; }

    /// <summary>What it is.</summary>
    public string? LogoKind { get; set; }

    /// <summary>Millimetres.</summary>
    public decimal? LogoHeight { get; set; } = 14;

    /// <summary>#rrggbb.</summary>
    public string? Accent { get; set; }

    /// <summary>#rrggbb.</summary>
    public string? Ink { get; set; }

    /// <summary>#rrggbb.</summary>
    public string? Ground { get; set; }

    /// <summary>The typeface.</summary>
    public string? Typeface { get; set; }

    /// <summary>The size.</summary>
    public string? Size { get; set; }

    /// <summary>All columns, shown or not.</summary>
    public List<QuoteTemplateColumnRow> Columns { get; set; } = [];

    /// <summary>All sections, shown or not.</summary>
    public List<QuoteTemplateSectionRow> Sections { get; set; } = [];

    /// <summary>English.</summary>
    public string? TitleEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? TitleZh { get; set; }

    /// <summary>English.</summary>
    public string? IntroEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? IntroZh { get; set; }

    /// <summary>English.</summary>
    public string? ClosingEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? ClosingZh { get; set; }

    /// <summary>English.</summary>
    public string? AcceptanceEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? AcceptanceZh { get; set; }

    /// <summary>English.</summary>
    public string? FooterEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? FooterZh { get; set; }

    /// <summary>English.</summary>
    public string? TermsEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? TermsZh { get; set; }

    /// <summary>English.</summary>
    public string? SignatureSellerEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? SignatureSellerZh { get; set; }

    /// <summary>English.</summary>
    public string? SignatureCustomerEn { get; set; }

    /// <summary>Chinese.</summary>
    public string? SignatureCustomerZh { get; set; }

    /// <summary>An expert's source.</summary>
    public string? Source { get; set; }

    /// <summary>The expert's source counts.</summary>
    public bool IsExpert { get; set; }

    /// <summary>In which language the preview is drawn.</summary>
    public string? PreviewLanguage { get; set; }

    /// <summary>Set by the button that only draws the preview.</summary>
    public string? Preview { get; set; }

    /// <summary>The revision the form began with.</summary>
    public string? From { get; set; }

    /// <summary>The parts the person may have of their own.</summary>
    [BindNever]
    public IReadOnlyList<string> May { get; set; } = [];

    /// <summary>The preview that was asked for with the button.</summary>
    [BindNever]
    public TemplatePicture? Picture { get; set; }

    /// <summary>The form for a design, with what stands above it where a part is not given.</summary>
    /// <param name="design">What is given.</param>
    /// <param name="above">What counts for the parts that are not.</param>
    public static QuoteTemplateForm Of(QuoteDesign design, QuoteDesign above)
    {
        var shown = QuoteDesign.Resolve(above, design, QuoteDesign.Parts);
        var (columns, sections, words, terms, signature) = (shown.Columns!, shown.Sections!, shown.Words!, shown.Terms!, shown.Signature!);
        return new()
        {
            Own = [.. design.Given], LogoSha256 = design.Logo?.Sha256, LogoKind = design.Logo?.Kind, LogoHeight = shown.Logo?.HeightMm ?? 14,
            Accent = shown.Colours!.Accent, Ink = shown.Colours.Ink, Ground = shown.Colours.Ground, Typeface = shown.Type!.Typeface, Size = shown.Type.Size,
            Columns = [.. columns.Select((column, index) => new QuoteTemplateColumnRow { Key = column.Key, Shown = true, Position = index + 1, WidthMm = column.WidthMm, Format = column.Format }),
                .. DesignColumn.Known.Where(key => columns.All(column => column.Key != key)).Select(key => new QuoteTemplateColumnRow { Key = key, Format = DesignColumn.FormatsOf(key)[0] })],
            Sections = [.. sections.Select((section, index) => new QuoteTemplateSectionRow { Key = section, Shown = true, Position = index + 1 }),
                .. QuoteSections.Known.Where(key => !sections.Contains(key)).Select(key => new QuoteTemplateSectionRow { Key = key })],
            TitleEn = words.Title?.En, TitleZh = words.Title?.ZhCn, IntroEn = words.Intro?.En, IntroZh = words.Intro?.ZhCn, ClosingEn = words.Closing?.En, ClosingZh = words.Closing?.ZhCn,
            AcceptanceEn = words.Acceptance?.En, AcceptanceZh = words.Acceptance?.ZhCn, FooterEn = words.Footer?.En, FooterZh = words.Footer?.ZhCn, TermsEn = terms.En, TermsZh = terms.ZhCn,
            SignatureSellerEn = signature.Seller.En, SignatureSellerZh = signature.Seller.ZhCn, SignatureCustomerEn = signature.Customer.En, SignatureCustomerZh = signature.Customer.ZhCn,
        };
    }

    /// <summary>What was entered; parts that are closed to the person are left out.</summary>
    internal QuoteTemplateDraft Draft(IReadOnlyCollection<string> may)
    {
        T? Part<T>(string name, Func<T?> get) where T : class => Own.Contains(name, StringComparer.Ordinal) && may.Contains(name) ? get() : null;
        return new(Typed.Text(Note)?.ReplaceLineEndings(" "), new()
        {
            // A new file takes the place of the hash when it was looked at.
            Logo = Part("logo", () => LogoFile is null && LogoSha256 is null ? null : new DesignLogo(LogoSha256 ?? "", LogoKind ?? "", LogoHeight ?? 14)),
            Colours = Part("colours", () => new DesignColours(Accent ?? "", Ink ?? "", Ground ?? "")),
            Type = Part("type", () => new DesignType(Typeface ?? "", Size ?? "")),
            Columns = Part("columns", () => (IReadOnlyList<DesignColumn>)[.. Columns.Where(row => row.Shown).OrderBy(row => row.Position ?? int.MaxValue).Select(row => new DesignColumn(row.Key ?? "", row.WidthMm, row.Format ?? ""))]),
            Sections = Part("sections", () => (IReadOnlyList<string>)[.. Sections.Where(row => row.Shown).OrderBy(row => row.Position ?? int.MaxValue).Select(row => row.Key ?? "")]),
            Words = Part("words", () => new DesignWords { Title = Text(TitleEn, TitleZh), Intro = Text(IntroEn, IntroZh), Closing = Text(ClosingEn, ClosingZh), Acceptance = Text(AcceptanceEn, AcceptanceZh), Footer = Text(FooterEn, FooterZh) }),
            Terms = Part("terms", () => Text(TermsEn, TermsZh)),
            Signature = Part("signature", () => new DesignSignature(Text(SignatureSellerEn, SignatureSellerZh), Text(SignatureCustomerEn, SignatureCustomerZh))),
        }, null, Open);
    }

    /// <summary>The expert's source, where it counts.</summary>
    internal string? ExpertSource => IsExpert ? Source?.ReplaceLineEndings("\n") ?? "" : null;

    static DesignText Text(string? en, string? zhCn) => new(Typed.Text(en)?.ReplaceLineEndings("\n"), Typed.Text(zhCn)?.ReplaceLineEndings("\n"));
}

/// <summary>A column of the form.</summary>
public sealed class QuoteTemplateColumnRow
{
    /// <summary>Which one.</summary>
    public string? Key { get; set; }

    /// <summary>It is shown.</summary>
    public bool Shown { get; set; }

    /// <summary>Where.</summary>
    public int? Position { get; set; }

    /// <summary>How wide; empty for as wide as it has to be.</summary>
    public decimal? WidthMm { get; set; }

    /// <summary>How it is written.</summary>
    public string? Format { get; set; }
}

/// <summary>A section of the form.</summary>
public sealed class QuoteTemplateSectionRow
{
    /// <summary>Which one.</summary>
    public string? Key { get; set; }

    /// <summary>It is shown.</summary>
    public bool Shown { get; set; }

    /// <summary>Where.</summary>
    public int? Position { get; set; }
}

/// <summary>The head of a part of the form.</summary>
/// <param name="Part">Which one.</param>
/// <param name="IsOwn">It is the owner's own.</param>
/// <param name="IsOpen">Partners may have their own.</param>
public sealed record QuoteTemplatePart(string Part, bool IsOwn, bool IsOpen);
