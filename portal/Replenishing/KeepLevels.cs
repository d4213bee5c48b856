using Platform.Audit;
using Platform.Database;
using Portal.Stock;

namespace Portal.Replenishing;

/// <summary>Writes levels - typed, from a file, or proposed from demand. Good lines are kept where others are wrong.</summary>
public sealed class KeepLevels(Db db, StockPlaces places, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Writes levels of a place.</summary>
    /// <param name="place">The code of the place; the default one where none is named.</param>
    /// <param name="lines">The levels.</param>
    /// <param name="source">Where they come from: <c>typed</c>, <c>file</c>, <c>proposed</c> or <c>api</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<LevelsKept> RunAsync(string? place, IReadOnlyList<LevelLine> lines, string source, CancellationToken ct) => db.InTransactionAsync<LevelsKept>(async () =>
    {
        var me = await db.FindAsync<(long PartnerId, string Number)?>("select p.partner_id, p.number from partner p where p.partner_id = app_partner_id() and exists (select from unnest(@roles) as role where app_has_role(role))",
            new { roles = StockRoles.Keepers.ToArray() }, ct);
        if (me is not { } here)
        {
            return new(new StockOutcome.Forbidden(), 0);
        }

        if (await places.KeyAsync(place, ct) is not { } key)
        {
            return new(StockOutcome.Because("place", "stock.problem.place", place ?? ""), 0);
        }

        var known = (await db.ListAsync<(string Sku, long ProductId)>("select sku, product_id from product where sku = any (@skus)", new { skus = lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal).ToArray() }, ct))
            .ToDictionary(product => product.Sku, product => product.ProductId, StringComparer.Ordinal);
        var problems = new List<StockProblem>();
        var good = new Dictionary<long, LevelLine>();
        for (var index = 0; index < lines.Count; index++)
        {
            if (lines[index].Problem(known) is { } wrong)
            {
                problems.Add(wrong with { Line = lines[index].Row ?? index + 1 });
            }
            else
            {
                good[known[lines[index].Sku]] = lines[index];
            }
        }

        if (good.Count > 0)
        {
            await WriteAsync(here.PartnerId, key, good, source, ct);
            await audit.RecordAsync("stock.levels", "stock", here.Number, here.PartnerId, new { place, source, lines = good.Count }, ct);
        }

        return new(problems.Count > 0 ? new StockOutcome.Wrong(problems) : lines.Count == 0 ? StockOutcome.Because("lines", "stock.problem.line_count", SkuLines.Most) : new StockOutcome.Done(place ?? ""), good.Count);
    }, ct);

    // A target of 0 takes the level away.
    async Task WriteAsync(long partner, long place, Dictionary<long, LevelLine> lines, string source, CancellationToken ct)
    {
        var kept = lines.Where(line => line.Value.Target > 0).ToList();
        await db.ExecuteAsync("""
            delete from stock_level where stock_place_id = @place and partner_id = @partner and product_id = any (@gone);
            insert into stock_level as l (stock_place_id, product_id, partner_id, safety, reorder_point, target, source, changed_by, changed_at)
            select @place, said.product_id, @partner, said.safety, said.reorder_point, said.target, @source, app_person_id(), @Now
            from unnest(@products, @safety, @reorder, @target) as said (product_id, safety, reorder_point, target)
            on conflict (stock_place_id, product_id) do update
            set safety = excluded.safety, reorder_point = excluded.reorder_point, target = excluded.target, source = excluded.source, changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """, new
        {
            partner, place, source, Now,
            gone = lines.Where(line => line.Value.Target == 0).Select(line => line.Key).ToArray(),
            products = kept.Select(line => line.Key).ToArray(),
            safety = kept.Select(line => (int)line.Value.Safety!).ToArray(),
            reorder = kept.Select(line => (int)line.Value.ReorderPoint!).ToArray(),
            target = kept.Select(line => (int)line.Value.Target!).ToArray(),
        }, ct);
    }
}

/// <summary>The level of a product, as it is typed or sent.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Safety">What is held against variation.</param>
/// <param name="ReorderPoint">At or below this it is ordered.</param>
/// <param name="Target">What is ordered up to; 0 takes the level away.</param>
public sealed record LevelLine(string Sku, decimal? Safety, decimal? ReorderPoint, decimal? Target)
{
    /// <summary>The row of the file it stood in.</summary>
    internal int? Row { get; init; }

    internal StockProblem? Problem(Dictionary<string, long> known) =>
        !known.ContainsKey(Sku) ? new(null, "sku", "stock.problem.unknown_sku", Sku)
        : Target == 0 ? null
        : Safety is not { } safety || ReorderPoint is not { } reorder || Target is not { } target || safety < 0 || reorder < safety || target < reorder || target > SkuLine.MostOfOne
          || safety != decimal.Truncate(safety) || reorder != decimal.Truncate(reorder) || target != decimal.Truncate(target) ? new(null, "target", "replenishing.problem.level", Sku)
        : null;
}

/// <summary>How writing levels ended.</summary>
/// <param name="Outcome">Done, or what is wrong with some lines.</param>
/// <param name="Kept">How many lines were kept.</param>
public sealed record LevelsKept(StockOutcome Outcome, int Kept);
