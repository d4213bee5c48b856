using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Pricing;

/// <summary>What came of an act on prices.</summary>
public abstract record PricingOutcome
{
    PricingOutcome()
    {
    }

    /// <summary>It is done.</summary>
    public sealed record Done : PricingOutcome;

    /// <summary>The book or rule is not there for this caller, or not the caller's to keep.</summary>
    public sealed record NotThere : PricingOutcome;

    /// <summary>Somebody else changed it since it was read.</summary>
    public sealed record Stale : PricingOutcome;

    /// <summary>Something is wrong with what was entered.</summary>
    /// <param name="Problems">By field.</param>
    public sealed record Refused(params IReadOnlyList<FieldProblem> Problems) : PricingOutcome;
}

/// <summary>Opens a price book of the own company.</summary>
public sealed class AddPriceBook(Db db, PriceBookStore books, AuditTrail audit)
{
    /// <summary>Opens it.</summary>
    public async Task<PricingOutcome> RunAsync(PriceBookFacts entered, CancellationToken ct)
    {
        var facts = entered.Tidied();
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new PricingOutcome.Refused(flaws);
        }

        try
        {
            return await db.InTransactionAsync<PricingOutcome>(async () =>
            {
                if (await books.InsertAsync(facts, ct) is null)
                {
                    return new PricingOutcome.Refused(new FieldProblem(facts.Territory is null ? nameof(facts.Buyer) : nameof(facts.Territory), facts.Territory is null ? "pricing.refused.buyer_unknown" : "pricing.refused.territory_unknown"));
                }

                await audit.RecordAsync("price_book.added", "price_book", facts.Code!, null, facts, ct);
                return new PricingOutcome.Done();
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_price_book_code_is_the_sellers_own"))
        {
            return new PricingOutcome.Refused(new FieldProblem(nameof(facts.Code), "pricing.refused.code_taken"));
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege && facts.Kind is "floor")
        {
            return new PricingOutcome.Refused(new FieldProblem(nameof(facts.Kind), "pricing.refused.floor_of_the_brand"));
        }
        catch (PostgresException refused) when (refused.Violates("a_seller_has_one_list_at_a_time"))
        {
            return new PricingOutcome.Refused(new FieldProblem(nameof(facts.From), "pricing.refused.second_list"));
        }
    }
}

/// <summary>Changes what may still change of a price book.</summary>
public sealed class EditPriceBook(Db db, PriceBookStore books, AuditTrail audit)
{
    /// <summary>Writes names, last day and priority, if the book still is as it was read.</summary>
    public async Task<PricingOutcome> RunAsync(PriceBook book, int version, PriceBookFacts entered, CancellationToken ct)
    {
        var facts = entered.Tidied() with
        {
            Code = book.Code, Kind = book.Kind, Currency = book.Currency, Audience = book.Audience, PartnerLevel = book.PartnerLevel, Tier = book.Tier, Buyer = book.BuyerNumber, From = book.ValidFrom,
        };
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new PricingOutcome.Refused(flaws);
        }

        try
        {
            return await db.InTransactionAsync<PricingOutcome>(async () =>
            {
                if (await books.UpdateAsync(book.PriceBookId, version, facts.Name!, facts.NameZh, facts.Until, facts.Priority, ct) is null)
                {
                    return new PricingOutcome.Stale();
                }

                await audit.RecordAsync("price_book.changed", "price_book", book.Code, null, new { before = new { book.Name, book.NameZh, book.ValidUntil, book.Priority }, after = new { facts.Name, facts.NameZh, facts.Until, facts.Priority } }, ct);
                return new PricingOutcome.Done();
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_seller_has_one_list_at_a_time"))
        {
            return new PricingOutcome.Refused(new FieldProblem(nameof(facts.Until), "pricing.refused.second_list"));
        }
    }
}

/// <summary>Writes one price into a book; what held before ends the day before.</summary>
public sealed class SetPrice(Db db, PriceBookStore books, AuditTrail audit)
{
    /// <summary>Writes it.</summary>
    /// <param name="book">The book.</param>
    /// <param name="form">SKU, price and days.</param>
    /// <param name="today">The day it is; a price of the past is not rewritten.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<PricingOutcome> RunAsync(PriceBook book, PriceForm form, DateOnly today, CancellationToken ct) => db.InTransactionAsync<PricingOutcome>(async () =>
    {
        var productId = await db.FindAsync<long?>("select product_id from product where sku = @sku", new { sku = form.Sku?.Trim() }, ct);
        if (form.Flaws(productId is not null, today).ToList() is { Count: > 0 } flaws)
        {
            return new PricingOutcome.Refused(flaws);
        }

        await books.HoldAsync(book.PriceBookId, ct);
        await books.SetAsync(book.PriceBookId, [new(productId!.Value, form.Price!.Value, form.From!.Value, form.Until)], ct);
        await audit.RecordAsync("price.set", "price_book", book.Code, null, form, ct);
        return new PricingOutcome.Done();
    }, ct);
}

/// <summary>What the form for one price sends.</summary>
public sealed record PriceForm
{
    /// <summary>The product.</summary>
    public string? Sku { get; init; }

    /// <summary>What one costs.</summary>
    public decimal? Price { get; init; }

    /// <summary>From this day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>To this day; empty: until another price is written.</summary>
    public DateOnly? Until { get; init; }

    internal IEnumerable<FieldProblem> Flaws(bool productIsKnown, DateOnly today)
    {
        if (!productIsKnown)
        {
            yield return new(nameof(Sku), "pricing.refused.unknown_sku");
        }

        if (!PriceRow.IsPrice(Price))
        {
            yield return new(nameof(Price), "pricing.refused.price");
        }

        if (From is null || From < today)
        {
            yield return new(nameof(From), "pricing.refused.from_past");
        }

        if (Until < From)
        {
            yield return new(nameof(Until), "pricing.refused.until_before_from");
        }
    }
}
