using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>A partner gives pieces that were there before their product was tracked their lots or serial numbers; the brand corrects the days of a lot.</summary>
public sealed class NamePieces(Db db, StockPlaces places, LotStore lots, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Names them: all or none.</summary>
    public async Task<StockOutcome> RunAsync(NamingAsked asked, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(() => NameAsync(asked, ct), ct);
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            return new StockOutcome.Wrong([problem]);
        }
    }

    /// <summary>Sets the day of making and the best-before day of a lot; for whoever answers for the product.</summary>
    public Task<StockOutcome> CorrectAsync(CorrectionAsked asked, CancellationToken ct) => db.InTransactionAsync<StockOutcome>(async () =>
    {
        if (!await db.OneAsync<bool>("select app_has_role('brand_admin')", null, ct))
        {
            return new StockOutcome.Forbidden();
        }

        if (asked.MadeOn > asked.BestBefore)
        {
            return StockOutcome.Because("bestBefore", "stock.lots.days", LotLines.Kept(asked.Code));
        }

        if (!await db.OneAsync<bool>("select stock_correct_lot(@Sku, @code, @MadeOn, @BestBefore)", new { asked.Sku, code = LotLines.Kept(asked.Code), asked.MadeOn, asked.BestBefore }, ct))
        {
            return new StockOutcome.NotFound();
        }

        await audit.RecordAsync("stock.lot_corrected", "stock_lot", $"{asked.Sku}/{LotLines.Kept(asked.Code)}", null, asked, ct);
        return new StockOutcome.Done(LotLines.Kept(asked.Code));
    }, ct);

    async Task<StockOutcome> NameAsync(NamingAsked asked, CancellationToken ct)
    {
        var me = await db.OneAsync<(long? PartnerId, string? Number, bool MayKeep)>("""
            select app_partner_id(), (select number from partner where partner_id = app_partner_id()), exists (select from unnest(@roles) as role where app_has_role(role))
            """, new { roles = StockRoles.Keepers.ToArray() }, ct);
        if (me is not ({ } partner, { } number, true))
        {
            return new StockOutcome.Forbidden();
        }

        if (await lots.ProductAsync(asked.Sku?.Trim() ?? "", ct) is not { } product)
        {
            return StockOutcome.Because("sku", "stock.problem.unknown_sku", asked.Sku ?? "");
        }

        if (await places.KeyAsync(asked.Place, ct) is not { } place)
        {
            return StockOutcome.Because("place", "stock.problem.place", asked.Place ?? "");
        }

        var (named, there) = ((asked.Lots ?? []).OfType<LotPieces>().ToList(), await lots.UnnamedAsync(place, product.ProductId, ct));
        var line = new TrackedLine(null, product.Sku, product.Tracking, (long)named.Where(lot => !lot.IsUnreadable).Sum(lot => Math.Clamp(lot.Pieces, 0, SkuLine.MostOfOne)), named);
        if (TrackedGoods.Problems([line], areProposed: false).ToList() is { Count: > 0 } problems)
        {
            return new StockOutcome.Wrong(problems);
        }

        if (line.Quantity == 0 || line.Quantity > there)
        {
            return StockOutcome.Because("lots", "stock.lots.fewer_unnamed", product.Sku, there);
        }

        await db.ExecuteAsync("select stock_name_pieces(@place, @ProductId, @named::jsonb, @Now)", new { place, product.ProductId, named = TrackedGoods.ForLedger(TrackedGoods.Named([line])), Now }, ct);
        await audit.RecordAsync("stock.pieces_named", "stock", number, partner, new { asked.Place, product.Sku, lots = named }, ct);
        return new StockOutcome.Done(product.Sku);
    }
}

/// <summary>Pieces that get their lots or serial numbers.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Place">The code of the place; the default one where left out.</param>
/// <param name="Lots">The lots or serial numbers, with how many pieces and their days.</param>
public sealed record NamingAsked(string? Sku, string? Place, IReadOnlyList<LotPieces>? Lots);

/// <summary>The days of a lot as they are.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Code">The lot.</param>
/// <param name="MadeOn">The day of making.</param>
/// <param name="BestBefore">The best-before day.</param>
public sealed record CorrectionAsked(string? Sku, string? Code, DateOnly? MadeOn, DateOnly? BestBefore);
