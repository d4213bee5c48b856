namespace Portal.Quotes.Templates;

/// <summary>The look that counts for the quotes of a partner now: the brand's, with the partner's own in the parts that are open.</summary>
public sealed class ResolveQuoteLook(QuoteTemplateStore templates)
{
    /// <summary>What counts for a partner; null where neither brand nor partner have made anything, and the product's own look counts.</summary>
    public async Task<QuoteLook?> ForAsync(long partnerId, CancellationToken ct)
    {
        var active = await templates.ActiveAsync(partnerId, ct);
        return active.Count == 0 ? null : Of(active.Find(template => template.OfBrand), active.Find(template => !template.OfBrand));
    }

    /// <summary>The same of two revisions.</summary>
    public static QuoteLook Of(QuoteTemplateRow? brand, QuoteTemplateRow? own) =>
        new(QuoteDesign.Resolve(brand?.Parts, own?.Parts, brand is null ? QuoteDesign.Parts : brand.OpenParts), brand?.Number, own?.Number, brand?.Source);
}
