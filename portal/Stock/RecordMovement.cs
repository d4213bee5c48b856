using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>
/// A partner records what entered one of its places from outside (supply), was sold to an end customer, or is lost; supply and loss with the reason by which the books
/// were adjusted, where it was that.
/// </summary>
public sealed class RecordMovement(Db db, StockLedger ledger, StockPlaces places, AuditTrail audit, TimeProvider clock)
{
    /// <summary>What can be recorded by hand; the other movements come of orders, transfers and counts.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["supply", "sale", "loss"];

    /// <summary>The longest note.</summary>
    public const int LongestNote = 500;

    /// <summary>Records it: all lines or none.</summary>
    public async Task<MovementOutcome> RunAsync(MovementAsked asked, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(() => RecordAsync(asked, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(StockLedger.NeverNegative) || refused.Violates(StockLedger.ReservedIsOnHand))
        {
            return new MovementOutcome.Wrong([new(null, "lines", "stock.problem.not_enough")]);
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            return new MovementOutcome.Wrong([problem]);
        }
    }

    async Task<MovementOutcome> RecordAsync(MovementAsked asked, CancellationToken ct)
    {
        var here = await db.FindAsync<Here>("""
            select p.partner_id, p.number, exists (select from unnest(@roles) as role where app_has_role(role)) as may_keep
            from partner p
            where p.partner_id = app_partner_id()
            """, new { roles = StockRoles.Keepers.ToArray() }, ct);
        if (here is not { MayKeep: true })
        {
            return new MovementOutcome.Forbidden();
        }

        var (kind, note, reason) = (asked.Kind ?? "", Web.Typed.Text(asked.Note), Web.Typed.Text(asked.Reason));
        var lots = (asked.Lots ?? []).OfType<SkuLot>().ToLookup(lot => lot.Sku?.Trim() ?? "", lot => lot.Pieces, StringComparer.Ordinal);
        var lines = WithLots((asked.Lines ?? []).OfType<SkuLine>().ToList(), lots);
        var place = await places.KeyAsync(asked.Place, ct);
        var products = place is { } key ? await ledger.ProductsAsync(key, lines, ct) : null;
        List<StockProblem> problems = [.. Problems(asked, kind, note, reason, place), .. LineProblems(lines, products, takesFromThere: kind is not "supply")];
        var tracked = problems.Count > 0 ? [] : LinesWithLots(lines, products!, lots);
        problems.AddRange(TrackedGoods.Problems(tracked, areProposed: kind is "sale"));
        if (problems.Count > 0)
        {
            return new MovementOutcome.Wrong(problems);
        }

        await ledger.RecordAsync(kind, place!.Value, StockLines.Of(lines, line => products![line.Sku].ProductId, line => (long)line.Quantity!), clock.GetUtcNow(), note, ct, reason, TrackedGoods.Named(tracked));
        await audit.RecordAsync("stock." + kind, "stock", here.Number, here.PartnerId, new { asked.Place, reason, note, lines, lots = asked.Lots is { Count: > 0 } ? asked.Lots : null }, ct);
        return new MovementOutcome.Recorded(lines.Count);
    }

    /// <summary>Typed lines, with one more for each product of which only lots were named: who scans what comes need not count it too.</summary>
    internal static List<SkuLine> WithLots(List<SkuLine> lines, ILookup<string, LotPieces> lots) =>
        [.. lines, .. lots.Where(lot => !lines.Exists(line => line.Sku == lot.Key)).Select(lot => new SkuLine(lot.Key, lot.Sum(pieces => pieces.Pieces)))];

    /// <summary>Each line with the lots that were named for its product.</summary>
    internal static List<TrackedLine> LinesWithLots(List<SkuLine> lines, IReadOnlyDictionary<string, ProductHere> products, ILookup<string, LotPieces> lots)
 =>
        [.. lines.Select((line, index) => new TrackedLine(index + 1, line.Sku, products[line.Sku].Tracking, (long)line.Quantity!.Value, lots[line.Sku].ToList() is { Count: > 0 } some ? some : null))];

    static IEnumerable<StockProblem> Problems(MovementAsked asked, string kind, string? note, string? reason, long? place)
    {
        if (!Kinds.Contains(kind))
        {
            yield return new(null, "kind", "stock.problem.kind");
        }

        if (place is null)
        {
            yield return new(null, "place", "stock.problem.place", asked.Place ?? "");
        }

        if (note?.Length > LongestNote)
        {
            yield return new(null, "note", "stock.problem.note_too_long", LongestNote);
        }

        if (reason is not null && !MoveReasons.Fits(kind, reason))
        {
            yield return new(null, "reason", "stock.problem.reason_does_not_fit");
        }
        else if (kind is "loss" && reason is null && note is null)
        {
            yield return new(null, "note", "stock.problem.note_missing");
        }
    }

    /// <summary>What is wrong with typed lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="products">The products they name, with what the place has of each; null where there is no such place.</param>
    /// <param name="takesFromThere">True where the goods leave the place.</param>
    internal static IEnumerable<StockProblem> LineProblems(IReadOnlyList<SkuLine> lines, IReadOnlyDictionary<string, ProductHere>? products, bool takesFromThere)
    {
        if (lines.Count is 0 or > SkuLines.Most)
        {
            yield return new(null, "lines", "stock.problem.line_count", SkuLines.Most);
        }

        for (var index = 0; products is not null && index < lines.Count; index++)
        {
            var line = lines[index];
            var known = products.TryGetValue(line.Sku, out var product);
            if (!known)
            {
                yield return new(index + 1, "sku", "stock.problem.unknown_sku", line.Sku);
            }
            else if (!product!.KeptInStock)
            {
                yield return new(index + 1, "sku", "stock.problem.not_kept", line.Sku);
            }

            if (line.QuantityProblem is { } wrong)
            {
                yield return new(index + 1, "quantity", wrong, SkuLine.MostOfOne);
            }
            else if (known && product!.Tracking is not Tracked.None && lines.Take(index).Any(earlier => earlier.Sku == line.Sku))
            {
                yield return new(index + 1, "sku", "stock.lots.one_line", line.Sku);
            }
            else if (takesFromThere && known && line.Quantity > product!.Available)
            {
                yield return new(index + 1, "quantity", "stock.problem.more_than_available", line.Sku, product.Available);
            }
        }
    }

    sealed record Here(long PartnerId, string Number, bool MayKeep);
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
