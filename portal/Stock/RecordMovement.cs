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
        var lines = (asked.Lines ?? []).OfType<SkuLine>().ToList();
        var place = await places.KeyAsync(asked.Place, ct);
        var products = place is { } key ? await ledger.ProductsAsync(key, lines, ct) : null;
        List<StockProblem> problems = [.. Problems(asked, kind, note, reason, place), .. LineProblems(lines, products, takesFromThere: kind is not "supply")];
        if (problems.Count > 0)
        {
            return new MovementOutcome.Wrong(problems);
        }

        await ledger.RecordAsync(kind, place!.Value, StockLines.Of(lines, line => products![line.Sku].ProductId, line => (long)line.Quantity!), clock.GetUtcNow(), note, ct, reason);
        await audit.RecordAsync("stock." + kind, "stock", here.Number, here.PartnerId, new { asked.Place, reason, note, lines }, ct);
        return new MovementOutcome.Recorded(lines.Count);
    }

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
    internal static IEnumerable<StockProblem> LineProblems(IReadOnlyList<SkuLine> lines, IReadOnlyDictionary<string, (long ProductId, long Available)>? products, bool takesFromThere)
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

            if (line.QuantityProblem is { } wrong)
            {
                yield return new(index + 1, "quantity", wrong, SkuLine.MostOfOne);
            }
            else if (takesFromThere && known && line.Quantity > product.Available)
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
