using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Database;
using Platform.Texts;
using Portal.Quotes.Templates;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>
/// Freezes a revision: everything that will ever be printed of it, in both languages, as one canonical text with its SHA-256. PDF, Excel, API
/// and page of a sent revision are made of this and of nothing else, so they cannot differ, whatever becomes of names and prices later.
/// </summary>
public sealed class FrozenQuotes(Db db, QuoteStore quotes, QuoteLinkStore links, ResolveQuoteLook looks, Texts texts)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Freezes the quote's current revision, in the transaction that sends it.</summary>
    /// <param name="head">The quote, held.</param>
    /// <param name="lines">The lines of its current revision.</param>
    /// <param name="today">The day it is sent.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task FreezeAsync(QuoteHead head, IReadOnlyList<QuoteLine> lines, DateOnly today, CancellationToken ct)
    {
        var content = await ContentAsync(head, lines, today, ct) with { Online = true };
        // jsonb orders members its own way; the hash is over the text that the database gives back, so that it can be computed again from there.
        var text = await db.OneAsync<string>("select @text::jsonb::text", new { text = JsonSerializer.Serialize(content, Json) }, ct);
        await quotes.FreezeAsync(head, text, SHA256.HashData(Encoding.UTF8.GetBytes(text)), ct);
        await links.PrintAsync(head, PublicNumber.New("QL"), content.Customer.Name, ct);
    }

    /// <summary>All that is printed of a revision, as it is now.</summary>
    /// <param name="head">The quote.</param>
    /// <param name="lines">The lines of its current revision.</param>
    /// <param name="today">The day it is offered.</param>
    /// <param name="ct">Stops waiting.</param>
    internal async Task<QuoteContent> ContentAsync(QuoteHead head, IReadOnlyList<QuoteLine> lines, DateOnly today, CancellationToken ct)
    {
        var parties = await db.OneAsync<Parties>("""
            select p.name as seller_name, p.address as seller_address, p.postal_code as seller_postal_code, p.city as seller_city, p.country_code as seller_country, p.phone as seller_phone,
                   c.name as customer_name, c.address as customer_address, c.postal_code as customer_postal_code, c.city as customer_city, c.country_code as customer_country
            from quote q join partner p on p.partner_id = q.partner_id join end_customer c on c.end_customer_id = q.end_customer_id
            where q.quote_id = @QuoteId
            """, new { head.QuoteId }, ct);
        var look = await looks.ForAsync(head.PartnerId, ct);
        return new QuoteContent(head.Number, head.Revision, today, head.ValidUntil, head.Currency, head.MinorUnits,
            new(parties.SellerName, Address(parties.SellerAddress, parties.SellerPostalCode, parties.SellerCity, parties.SellerCountry), parties.SellerPhone),
            new(parties.CustomerName, Address(parties.CustomerAddress, parties.CustomerPostalCode, parties.CustomerCity, parties.CustomerCountry), null),
            head.DealNumber,
            [.. lines.Select(line => new QuoteContentLine(line.LineNumber, line.Sku, Named(line, line.Name, "en"), Named(line, line.NameZh ?? line.Name, "zh-CN"), line.TermStart is null ? line.Unit : Pricing.Term.Piece(line.Unit), line.Quantity, line.Price, line.Discount, line.UnitPrice, line.Amount)
            {
                Section = line.Section, Choice = line.IsIncluded ? null : line.Choice, AlternativeTo = line.AlternativeTo, Term = QuoteTerm.Of(line), IsGift = line.IsGift,
                // Kept with what is printed only where it is printed.
                Steps = look?.Design.ShowsSteps is true ? QuoteContentStep.Of(line) : null,
            })],
            head.NetTotal, head.TaxRate, head.TaxTotal, head.GrandTotal, head.Terms) { Look = look, Notes = NotesOf(head), Rate = head.Rate };
    }

    string Named(QuoteLine line, string name, string language) => line.IsGift ? texts.In(language, "quotes.document.gift", name) : name;

    // What is said below the terms, in both languages.
    Dictionary<string, IReadOnlyList<string>>? NotesOf(QuoteHead head)
    {
        IReadOnlyList<string> Of(string language) =>
        [
            .. head.Coupons.Count > 0 ? [texts.In(language, "quotes.document.coupons", string.Join(", ", head.Coupons))] : Array.Empty<string>(),
            .. head is { RateOnPaper: true, Rate: { } rate } ? [texts.In(language, "quotes.document.rate", rate.Said(head.Currency), rate.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))] : Array.Empty<string>(),
        ];
        return Of(TextBook.Languages[0]).Count == 0 ? null : TextBook.Languages.ToDictionary(language => language, Of, StringComparer.Ordinal);
    }

    /// <summary>Reads what was frozen.</summary>
    public static QuoteContent Read(string frozen) => JsonSerializer.Deserialize<QuoteContent>(frozen, Json)!;

    static IReadOnlyList<string> Address(string? street, string? postalCode, string? city, string country) =>
        [.. new[] { street, string.Join(' ', new[] { postalCode, city }.Where(part => !string.IsNullOrWhiteSpace(part))), country }.OfType<string>().Where(line => line.Length > 0)];

    sealed record Parties(
        string SellerName, string? SellerAddress, string? SellerPostalCode, string? SellerCity, string SellerCountry, string? SellerPhone,
        string CustomerName, string? CustomerAddress, string? CustomerPostalCode, string? CustomerCity, string CustomerCountry);
}

/// <summary>All that is printed of a revision.</summary>
public sealed record QuoteContent(
    string Number, int Revision, DateOnly SentOn, DateOnly ValidUntil, string Currency, int MinorUnits, QuoteParty Seller, QuoteParty Customer, string? Deal,
    IReadOnlyList<QuoteContentLine> Lines, decimal NetTotal, decimal TaxRate, decimal TaxTotal, decimal GrandTotal, string? Terms)
{
    /// <summary>The PDF has a code that leads to the acceptance page; not in what was frozen before there was one.</summary>
    public bool Online { get; init; }

    /// <summary>How it looks; null where there was no template when it was frozen.</summary>
    public QuoteLook? Look { get; init; }

    /// <summary>The rate by which its prices were converted; null where they were not. It is printed with the notes, or not at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteRate? Rate { get; init; }

    /// <summary>What is said below the terms, by language: coupons, the rate; null where there is nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Notes { get; init; }

    /// <summary>The quote's own terms, those behind them, and notes; empty where there are none.</summary>
    public string TermsWith(string? further, string language) => string.Join('\n', new[] { Terms, further }.OfType<string>().Concat(Notes?.GetValueOrDefault(language) ?? []));

    /// <summary>Some lines are sold by the term.</summary>
    [JsonIgnore]
    public bool HasTerms => Lines.Any(line => line.Term is not null);

    /// <summary>Some lines can be had on top or instead of others, and count in no total.</summary>
    [JsonIgnore]
    public bool HasChoices => Lines.Any(line => !line.IsIncluded);

    /// <summary>The lines that count, under their headings, in order.</summary>
    [JsonIgnore]
    public IReadOnlyList<QuoteSection> Sections
    {
        get
        {
            var sections = new List<QuoteSection>();
            foreach (var line in Lines.Where(line => line.IsIncluded))
            {
                if (sections.Count == 0 || sections[^1].Title != line.Section)
                {
                    sections.Add(new(line.Section, []));
                }

                sections[^1].Lines.Add(line);
            }

            return sections;
        }
    }

    /// <summary>The others.</summary>
    [JsonIgnore]
    public IReadOnlyList<QuoteContentLine> Choices => [.. Lines.Where(line => !line.IsIncluded)];
}

/// <summary>Lines that follow each other under one heading.</summary>
/// <param name="Title">The heading; null where they have none.</param>
/// <param name="Lines">The lines, in order.</param>
public sealed record QuoteSection(string? Title, List<QuoteContentLine> Lines)
{
    /// <summary>What they come to, without tax.</summary>
    public decimal Subtotal => Lines.Sum(line => line.Amount);
}

/// <summary>A side of the offer.</summary>
public sealed record QuoteParty(string Name, IReadOnlyList<string> Address, string? Phone);

/// <summary>A line as it is printed; shares, not percents.</summary>
public sealed record QuoteContentLine(
    int Number, string Sku, string Name, string NameZh, string Unit, int Quantity, decimal Price, decimal Discount, decimal UnitPrice, decimal Amount)
{
    /// <summary>The heading it stands under.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Section { get; init; }

    /// <summary><c>optional</c> or <c>alternative</c>; null where it is included.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Choice { get; init; }

    /// <summary>The line that an alternative can take the place of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AlternativeTo { get; init; }

    /// <summary>From when until when it is had; the prices are for one over all of that time. Null for what is not sold by the term.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteTerm? Term { get; init; }

    /// <summary>A promotion gives it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsGift { get; init; }

    /// <summary>How its price came about; null where the look does not show it, or there is nothing to tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QuoteContentStep>? Steps { get; init; }

    /// <summary>It counts in the totals.</summary>
    [JsonIgnore]
    public bool IsIncluded => Choice is null;

    /// <summary>The steps in one line; empty where there are none.</summary>
    internal string StepsIn(string language, int minorUnits) => Steps is null ? "" : string.Join(" · ", Steps.Select(step =>
        (language == "zh-CN" ? step.LabelZh : step.Label) + "\u00a0" + step.Price.ToString("N" + Math.Max(minorUnits, Math.Min(Pricing.Amounts.Decimals(step.Price), 4)).ToString(CultureInfo.InvariantCulture), CultureInfo.GetCultureInfo(language))));
}

/// <summary>A step on the way to a price, as it is printed.</summary>
/// <param name="Label">What it is.</param>
/// <param name="LabelZh">The same in Chinese.</param>
/// <param name="Price">The price from there on.</param>
public sealed record QuoteContentStep(string Label, string LabelZh, decimal Price)
{
    /// <summary>The steps of a line; a single one says no more than the price does, and a gift has its own word.</summary>
    internal static IReadOnlyList<QuoteContentStep>? Of(QuoteLine line) =>
        line.IsGift || Pricing.KeptSteps.Read(line.PriceSteps) is not { Count: > 1 } steps ? null : [.. steps.Select(step => new QuoteContentStep(step.Label, step.LabelZh, step.Price))];
}
