using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>A partner records what entered its place from outside (supply), was sold to an end customer, or is lost.</summary>
public sealed class RecordMovement(Db db, StockLedger ledger, AuditTrail audit, TimeProvider clock)
{
    /// <summary>What can be recorded by hand; the other movements come of orders.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["supply", "sale", "loss"];

    const int LongestNote = 500;

    /// <summary>Records it: all lines or none.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="note">Why; a loss is not recorded without.</param>
    /// <param name="lines">SKUs and quantities, as typed.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<MovementOutcome> RunAsync(string kind, string? note, IReadOnlyList<SkuLine> lines, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(() => RecordAsync(kind, note, lines, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(StockLedger.NeverNegative) || refused.Violates(StockLedger.ReservedIsOnHand))
        {
            return new MovementOutcome.Wrong([new(null, "lines", "stock.problem.not_enough")]);
        }
    }

    async Task<MovementOutcome> RecordAsync(string kind, string? note, IReadOnlyList<SkuLine> lines, CancellationToken ct)
    {
        var here = await db.FindAsync<Here>("""
            select p.partner_id, p.number, stock_place_of(p.partner_id) as place_id, exists (select from unnest(@roles) as role where app_has_role(role)) as may_keep
            from partner p
            where p.partner_id = app_partner_id()
            """, new { roles = StockRoles.Keepers.ToArray() }, ct);
        if (here is not { MayKeep: true })
        {
            return new MovementOutcome.Forbidden();
        }

        var products = (await db.ListAsync<(string Sku, long ProductId, long Available)>("""
            select p.sku, p.product_id, coalesce(b.on_hand - b.reserved, 0) as available
            from product p
            left join stock_balance b on b.product_id = p.product_id and b.stock_place_id = @PlaceId
            where p.sku = any (@skus)
            """, new { here.PlaceId, skus = lines.Select(line => line.Sku).ToArray() }, ct)).ToDictionary(product => product.Sku, product => (product.ProductId, product.Available), StringComparer.Ordinal);
        var problems = Problems(kind, note, lines, products).ToList();
        if (problems.Count > 0)
        {
            return new MovementOutcome.Wrong(problems);
        }

        await ledger.RecordAsync(kind, here.PlaceId, StockLines.Of(lines, line => products[line.Sku].ProductId, line => (long)line.Quantity!), clock.GetUtcNow(), note, ct);
        await audit.RecordAsync("stock." + kind, "stock", here.Number, here.PartnerId, new { note, lines }, ct);
        return new MovementOutcome.Recorded(lines.Count);
    }

    static IEnumerable<StockProblem> Problems(string kind, string? note, IReadOnlyList<SkuLine> lines, Dictionary<string, (long ProductId, long Available)> products)
    {
        if (!Kinds.Contains(kind))
        {
            yield return new(null, "kind", "stock.problem.kind");
        }

        if (lines.Count is 0 or > SkuLines.Most)
        {
            yield return new(null, "lines", "stock.problem.line_count", SkuLines.Most);
        }

        if (note?.Length > LongestNote)
        {
            yield return new(null, "note", "stock.problem.note_too_long", LongestNote);
        }
        else if (kind is "loss" && string.IsNullOrWhiteSpace(note))
        {
            yield return new(null, "note", "stock.problem.note_missing");
        }

        for (var index = 0; index < lines.Count; index++)
        {
            var line = lines[index];
            if (!products.TryGetValue(line.Sku, out var product))
            {
                yield return new(index + 1, "sku", "stock.problem.unknown_sku", line.Sku);
            }

            if (line.QuantityProblem is { } wrong)
            {
                yield return new(index + 1, "quantity", wrong, SkuLine.MostOfOne);
            }
            else if (kind is not "supply" && product.ProductId > 0 && line.Quantity > product.Available)
            {
                yield return new(index + 1, "quantity", "stock.problem.more_than_available", line.Sku, product.Available);
            }
        }
    }

    sealed record Here(long PartnerId, string Number, long PlaceId, bool MayKeep);
}

/// <summary>How recording a movement ended.</summary>
public abstract record MovementOutcome
{
    MovementOutcome()
    {
    }

    /// <summary>It stands in the ledger.</summary>
    /// <param name="Lines">How many lines.</param>
    public sealed record Recorded(int Lines) : MovementOutcome;

    /// <summary>The person's roles do not allow it.</summary>
    public sealed record Forbidden : MovementOutcome;

    /// <summary>Something is wrong, each with its remedy; nothing was recorded.</summary>
    /// <param name="Problems">What.</param>
    public sealed record Wrong(IReadOnlyList<StockProblem> Problems) : MovementOutcome;
}

/// <summary>What is wrong with a field or a line, and the remedy.</summary>
/// <param name="Line">The line, from 1; null for the whole.</param>
/// <param name="Field">The field.</param>
/// <param name="TextKey">The text key of a sentence that names the remedy.</param>
/// <param name="Arguments">Values for its placeholders.</param>
public sealed record StockProblem(int? Line, string Field, string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>As the API names it: <c>lines[0].quantity</c>.</summary>
    public Platform.Web.FieldProblem ForApi => new(Line is { } line ? $"lines[{line - 1}].{Field}" : Field, TextKey, Arguments);
}
