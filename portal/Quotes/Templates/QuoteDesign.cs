using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portal.Quotes.Templates;

/// <summary>
/// How quotes look: eight parts, each given or left to what stands above it. A partner's part counts where the brand lets partners have their own, then the brand's, then the product's. What was resolved is frozen with
/// the quote (<see cref="QuoteLook"/>).
/// </summary>
public sealed record QuoteDesign
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The parts by name, as the brand opens them to partners.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["logo", "colours", "type", "columns", "sections", "words", "terms", "signature"];

    /// <summary>The picture above the head.</summary>
    public DesignLogo? Logo { get; init; }

    /// <summary>The three colours.</summary>
    public DesignColours? Colours { get; init; }

    /// <summary>Typeface and size.</summary>
    public DesignType? Type { get; init; }

    /// <summary>The columns of the lines, in order.</summary>
    public IReadOnlyList<DesignColumn>? Columns { get; init; }

    /// <summary>The sections, in order; what is not named is left out.</summary>
    public IReadOnlyList<string>? Sections { get; init; }

    /// <summary>The texts around the lines, with placeholders.</summary>
    public DesignWords? Words { get; init; }

    /// <summary>The terms behind those of the quote itself.</summary>
    public DesignText? Terms { get; init; }

    /// <summary>What stands under the places to sign.</summary>
    public DesignSignature? Signature { get; init; }

    /// <summary>How the product itself sets a quote.</summary>
    public static QuoteDesign Product { get; } = new()
    {
        Colours = new("#1c5d7d", "#1d2733", "#f5f7f9"),
        Type = new("sans", "normal"),
        Columns = [new("line", 9, "plain"), new("product", null, "sku"), new("quantity", null, "plain"), new("price", null, "plain"), new("discount", null, "plain"), new("unitPrice", null, "plain"), new("amount", null, "plain")],
        Sections = ["parties", "facts", "intro", "lines", "totals", "terms", "acceptance", "signatures"],
        Words = new(),
        Terms = new(null, null),
        Signature = new(new(null, null), new(null, null)),
    };

    /// <summary>What counts for an owner.</summary>
    /// <param name="brand">What the brand made, or null.</param>
    /// <param name="partner">What the partner made, or null.</param>
    /// <param name="open">The parts that partners may have of their own.</param>
    public static QuoteDesign Resolve(QuoteDesign? brand, QuoteDesign? partner, IReadOnlyCollection<string> open)
    {
        T? Of<T>(string part, Func<QuoteDesign, T?> get) where T : class =>
            (partner is not null && open.Contains(part) ? get(partner) : null) ?? (brand is null ? null : get(brand)) ?? get(Product);
        return new()
        {
            Logo = Of("logo", design => design.Logo), Colours = Of("colours", design => design.Colours), Type = Of("type", design => design.Type), Columns = Of("columns", design => design.Columns),
            Sections = Of("sections", design => design.Sections), Words = Of("words", design => design.Words), Terms = Of("terms", design => design.Terms), Signature = Of("signature", design => design.Signature),
        };
    }

    /// <summary>Lines say how their price came about.</summary>
    [JsonIgnore]
    public bool ShowsSteps => Columns?.Any(column => column.ShowsSteps) ?? false;

    /// <summary>The parts that are given here.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Given => [.. new (string Part, object? Value)[]
    {
        ("logo", Logo), ("colours", Colours), ("type", Type), ("columns", Columns), ("sections", Sections), ("words", Words), ("terms", Terms), ("signature", Signature),
    }.Where(part => part.Value is not null).Select(part => part.Part)];

    /// <summary>Reads what is kept.</summary>
    public static QuoteDesign Read(string json) => JsonSerializer.Deserialize<QuoteDesign>(json, Json)!;

    /// <summary>As it is kept.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);
}

/// <summary>A logo.</summary>
/// <param name="Sha256">Of its bytes, in hexadecimal.</param>
/// <param name="Kind"><c>png</c>, <c>jpg</c> or <c>svg</c>.</param>
/// <param name="HeightMm">How high it stands.</param>
public sealed record DesignLogo(string Sha256, string Kind, decimal HeightMm);

/// <summary>Colours, #rrggbb.</summary>
/// <param name="Accent">Headings, lines, the sum.</param>
/// <param name="Ink">The text.</param>
/// <param name="Ground">Behind facts and remarks.</param>
public sealed record DesignColours(string Accent, string Ink, string Ground);

/// <summary>Type.</summary>
/// <param name="Typeface"><c>sans</c>, <c>serif</c> or <c>mixed</c>.</param>
/// <param name="Size"><c>small</c>, <c>normal</c> or <c>large</c>.</param>
public sealed record DesignType(string Typeface, string Size);

/// <summary>A column of the lines.</summary>
/// <param name="Key">What it shows, one of <see cref="Known"/>.</param>
/// <param name="WidthMm">How wide; null for as wide as it has to be, and for the product the rest.</param>
/// <param name="Format"><c>plain</c>; for the product <c>sku</c> or <c>name</c>, with the steps of its price <c>sku_steps</c> or <c>name_steps</c>; for quantities <c>plain</c> or <c>unit</c>; for money <c>plain</c> or <c>currency</c>.</param>
public sealed record DesignColumn(string Key, decimal? WidthMm, string Format)
{
    /// <summary>What a column can show.</summary>
    public static IReadOnlyList<string> Known { get; } = ["line", "sku", "product", "unit", "quantity", "price", "discount", "unitPrice", "amount"];

    /// <summary>Without these no quote is one.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["product", "quantity", "amount"];

    /// <summary>The SKU stands below the name.</summary>
    [JsonIgnore]
    public bool ShowsSku => Key == "product" && Format is ("sku" or "sku_steps");

    /// <summary>How the price came about stands below the name.</summary>
    [JsonIgnore]
    public bool ShowsSteps => Key == "product" && Format is ("sku_steps" or "name_steps");

    /// <summary>The ways a column of that key can be written, the usual one first.</summary>
    public static IReadOnlyList<string> FormatsOf(string key) => key switch
    {
        "product" => ["sku", "name", "sku_steps", "name_steps"],
        "quantity" => ["plain", "unit"],
        "price" or "unitPrice" or "amount" => ["plain", "currency"],
        _ => ["plain"],
    };
}

/// <summary>A text in both languages; null where the product's own is used.</summary>
public sealed record DesignText(string? En, string? ZhCn)
{
    /// <summary>In one of them.</summary>
    public string? In(string language) => language == "zh-CN" ? ZhCn : En;
}

/// <summary>The texts around the lines.</summary>
public sealed record DesignWords
{
    /// <summary>What the document is called, instead of Quotation.</summary>
    public DesignText? Title { get; init; }

    /// <summary>Before the lines.</summary>
    public DesignText? Intro { get; init; }

    /// <summary>Behind the terms.</summary>
    public DesignText? Closing { get; init; }

    /// <summary>How the offer is accepted.</summary>
    public DesignText? Acceptance { get; init; }

    /// <summary>At the foot of each page.</summary>
    public DesignText? Footer { get; init; }
}

/// <summary>The places to sign.</summary>
/// <param name="Seller">Under the seller's.</param>
/// <param name="Customer">Under the customer's.</param>
public sealed record DesignSignature(DesignText Seller, DesignText Customer);

/// <summary>The sections of a quote.</summary>
public static class QuoteSections
{
    /// <summary>All there are, in their usual order.</summary>
    public static IReadOnlyList<string> Known { get; } = ["parties", "facts", "intro", "lines", "totals", "terms", "closing", "acceptance", "signatures"];

    /// <summary>Without these no quote is one.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["parties", "lines", "totals"];
}

/// <summary>The look of one frozen quote: what was resolved when it was sent, and from which revisions. Part of what is frozen, so no later template changes it.</summary>
/// <param name="Design">All parts.</param>
/// <param name="Brand">The brand's template revision, or null.</param>
/// <param name="Own">The partner's, or null.</param>
/// <param name="Source">The SHA-256 of the Typst source of an expert, or null for the product's.</param>
public sealed record QuoteLook(QuoteDesign Design, string? Brand, string? Own, string? Source)
{
    /// <summary>The look of what was frozen before there were templates.</summary>
    public static QuoteLook Product { get; } = new(QuoteDesign.Product, null, null, null);

    /// <summary>The logo and the source by their hashes, as they are read from the database.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Files => [.. new[] { Design.Logo?.Sha256, Source }.OfType<string>()];
}
