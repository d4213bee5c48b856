using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Assortment;

/// <summary>Reads how products are sold, and keeps what a seller says otherwise than the product itself.</summary>
public sealed class Terms(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>How the own upstream sells some products, by SKU; unknown ones are left out.</summary>
    /// <param name="buyerId">For whom the product itself asks; a person asks for the own company, whatever stands here.</param>
    /// <param name="skus">The products.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<IReadOnlyDictionary<string, TermsOfSale>> ForAsync(long? buyerId, IEnumerable<string> skus, CancellationToken ct) => (await db.ListAsync<TermsOfSale>("""
        select t.*
        from partner b
        cross join lateral terms_of_sale(b.partner_id, b.upstream_id, brand_day(@now), @skus) t
        where b.partner_id = case when app_is_system() and @buyerId is not null then @buyerId else app_partner_id() end
        """, new { buyerId, now = clock.GetUtcNow().UtcDateTime, skus = skus.Distinct(StringComparer.Ordinal).ToArray() }, ct)).ToDictionary(terms => terms.Sku, StringComparer.Ordinal);

    /// <summary>What the own company says of a product otherwise than the product itself; null where it says nothing.</summary>
    public Task<SellerTerms?> OwnAsync(string sku, CancellationToken ct) => db.FindAsync<SellerTerms>("""
        select t.min_quantity, t.order_multiple, t.lead_days, t.version
        from seller_terms t
        join product p on p.product_id = t.product_id
        where t.seller_id = app_partner_id() and p.sku = @sku
        """, new { sku }, ct);

    /// <summary>Says how the own company sells a product; without terms, that it sells it as the product says.</summary>
    /// <param name="sku">The product.</param>
    /// <param name="said">What is said; null to take back what was said.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<AssortmentOutcome> KeepAsync(string sku, SellerTerms? said, CancellationToken ct) => db.InTransactionAsync<AssortmentOutcome>(async () =>
    {
        if (said?.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new AssortmentOutcome.Refused(flaws);
        }

        if (await db.FindAsync<(long ProductId, long PartnerId, bool MayKeep)?>("""
            select p.product_id, me.partner_id, app_keeps_ranges_of(me.partner_id)
            from product p
            join partner me on me.partner_id = app_partner_id()
            where p.sku = @sku
            """, new { sku }, ct) is not { } here)
        {
            return new AssortmentOutcome.NotThere();
        }

        if (!here.MayKeep)
        {
            return new AssortmentOutcome.Forbidden();
        }

        var changed = said is null
            ? await db.ExecuteAsync("delete from seller_terms where seller_id = @PartnerId and product_id = @ProductId", new { here.PartnerId, here.ProductId }, ct)
            : await db.ExecuteAsync("""
                insert into seller_terms as t (seller_id, product_id, min_quantity, order_multiple, lead_days, changed_by, changed_at)
                values (@PartnerId, @ProductId, @MinQuantity, @OrderMultiple, @LeadDays, app_person_id(), @now)
                on conflict (seller_id, product_id) do update
                set min_quantity = excluded.min_quantity, order_multiple = excluded.order_multiple, lead_days = excluded.lead_days, changed_by = excluded.changed_by, changed_at = excluded.changed_at, version = t.version + 1
                where (t.min_quantity, t.order_multiple, t.lead_days) is distinct from (excluded.min_quantity, excluded.order_multiple, excluded.lead_days)
                """, new { here.PartnerId, here.ProductId, said.MinQuantity, said.OrderMultiple, said.LeadDays, now = clock.GetUtcNow().UtcDateTime }, ct);
        if (changed > 0)
        {
            await audit.RecordAsync(said is null ? "terms_of_sale.dropped" : "terms_of_sale.kept", "product", sku, here.PartnerId, said, ct);
        }

        return new AssortmentOutcome.Done(sku);
    }, ct);
}

/// <summary>What a seller says of a product.</summary>
public sealed record SellerTerms
{
    /// <summary>The least quantity of a line; null for the product's own.</summary>
    public int? MinQuantity { get; init; }

    /// <summary>Lines are multiples of this; null for the product's own.</summary>
    public int? OrderMultiple { get; init; }

    /// <summary>How many days it usually takes until it is sent.</summary>
    public int? LeadDays { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    internal IEnumerable<FieldProblem> Flaws()
    {
        if (MinQuantity is < 1 or > TermsOfSale.MostOfOne)
        {
            yield return new(nameof(MinQuantity), "assortment.refused.quantity", TermsOfSale.MostOfOne);
        }

        if (OrderMultiple is < 1 or > TermsOfSale.MostOfOne)
        {
            yield return new(nameof(OrderMultiple), "assortment.refused.quantity", TermsOfSale.MostOfOne);
        }

        if (LeadDays is < 0 or > 730)
        {
            yield return new(nameof(LeadDays), "assortment.refused.days");
        }
    }
}

/// <summary>How an act on ranges or terms ended.</summary>
public abstract record AssortmentOutcome
{
    AssortmentOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Number">The rule's number, or the SKU whose terms were kept.</param>
    public sealed record Done(string Number) : AssortmentOutcome;

    /// <summary>There is no such rule or product.</summary>
    public sealed record NotThere : AssortmentOutcome;

    /// <summary>The person's roles do not allow it.</summary>
    public sealed record Forbidden : AssortmentOutcome;

    /// <summary>Somebody else changed it since it was read.</summary>
    public sealed record Stale : AssortmentOutcome;

    /// <summary>Something is wrong with what was entered.</summary>
    /// <param name="Problems">By field.</param>
    public sealed record Refused(params IReadOnlyList<FieldProblem> Problems) : AssortmentOutcome;
}
