using Microsoft.AspNetCore.Mvc;
using Platform.Database;
using Platform.Web;
using Portal.Web;

namespace Portal.Pricing;

/// <summary>Prices for programs: a basket in, each line's price and how it came about out. Nothing is stored.</summary>
[ApiController]
[Route("api/v1/prices")]
public sealed class PricesApi(Prices prices, Db db, ICurrentPerson me, TimeProvider clock) : ControllerBase
{
    const int MostLines = 2000;

    /// <summary>
    /// Prices a basket. Left out, the buyer is the own company and the seller the company it buys from; with <c>endCustomer</c> the own
    /// company sells to an end customer.
    /// </summary>
    [HttpPost("")]
    [ProducesResponseType<PricedBasket>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Price(Basket basket, CancellationToken ct)
    {
        if (Flaws(basket).ToList() is { Count: > 0 } flaws)
        {
            return ApiProblem.Invalid(flaws);
        }

        var trade = await db.FindAsync<Trade>("""
            select buyer.partner_id as buyer_id, buyer.currency, seller.partner_id as seller_id, seller.currency as seller_currency
            from partner seller
            left join partner buyer on not @endCustomer and buyer.number = coalesce(@buyer, @me)
            where seller.number = coalesce(@seller, case when @endCustomer then @me end, (select u.number from partner b join partner u on u.partner_id = b.upstream_id where b.number = coalesce(@buyer, @me)))
            """, new { basket.Buyer, basket.Seller, basket.EndCustomer, me = me.PartnerNumber }, ct);
        if (trade is null || (!basket.EndCustomer && trade.BuyerId is null))
        {
            return ApiProblem.NotFound;
        }

        var currency = basket.Currency ?? (basket.EndCustomer ? trade.SellerCurrency : trade.Currency!);
        var on = basket.On ?? me.Today(clock);
        var priced = await prices.OfBasketAsync(trade.BuyerId, trade.SellerId, currency, on, [.. basket.Lines!.Select(line => new AskedLine(line.Sku!.Trim(), line.Quantity) { Term = line.Months is { } months ? Term.Of(line.Start ?? on, months) : null })], basket.Coupons ?? [], ct, DealAsked.Of(basket.Deal) is { } deal ? deal with { IsReplay = on < me.Today(clock) } : null);
        return Ok(PricedBasket.Of(currency, on, priced));
    }

    static IEnumerable<FieldProblem> Flaws(Basket basket)
    {
        if (basket.Lines is not { Count: > 0 })
        {
            yield return new("lines", "pricing.refused.no_lines");
            yield break;
        }

        if (basket.Lines.Count > MostLines)
        {
            yield return new("lines", "pricing.refused.too_many_lines", MostLines);
        }

        if (basket.Currency is not null && !Currencies.IsKnown(basket.Currency))
        {
            yield return new("currency", "pricing.refused.currency", basket.Currency);
        }

        for (var index = 0; index < basket.Lines.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(basket.Lines[index]?.Sku))
            {
                yield return new($"lines[{index}].sku", "pricing.refused.unknown_sku");
            }
            else if (decimal.Abs(basket.Lines[index].Quantity) >= 1e12m)
            {
                yield return new($"lines[{index}].quantity", "pricing.refused.quantity");
            }
            else if (basket.Lines[index].Months is < 1 or > Term.MostMonths)
            {
                yield return new($"lines[{index}].months", "pricing.refused.term", Term.MostMonths);
            }
        }
    }

    sealed record Trade
    {
        public long? BuyerId { get; init; }
        public string? Currency { get; init; }
        public long SellerId { get; init; }
        public string SellerCurrency { get; init; } = "";
    }
}

/// <summary>What is asked.</summary>
/// <param name="Lines">Products and quantities.</param>
/// <param name="Currency">ISO 4217; the buyer's where left out.</param>
/// <param name="On">The day whose prices count; today where left out.</param>
/// <param name="Buyer">The number of the buying partner.</param>
/// <param name="Seller">The number of the selling partner, or the brand's.</param>
/// <param name="EndCustomer">The buyer is an end customer of the own company.</param>
/// <param name="Coupons">The codes of coupons.</param>
/// <param name="Deal">The number of the deal whose special prices count.</param>
public sealed record Basket(IReadOnlyList<BasketLine>? Lines, string? Currency, DateOnly? On, string? Buyer, string? Seller, bool EndCustomer = false, IReadOnlyList<string>? Coupons = null, string? Deal = null);

/// <summary>One product and how many of it.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Start">Of what is sold by the term: the first day; the day whose prices count where it is left out.</param>
/// <param name="Months">Of what is sold by the term: for how many months. The price is that of all of them.</param>
public sealed record BasketLine(string? Sku, decimal Quantity, DateOnly? Start = null, int? Months = null);

/// <summary>The answer.</summary>
/// <param name="Currency">Of all prices in it.</param>
/// <param name="On">The day whose prices these are.</param>
/// <param name="Total">The sum of the lines that have a price.</param>
/// <param name="Complete">False where a line has none.</param>
/// <param name="Lines">In the order they were asked.</param>
/// <param name="Gifts">What comes with them for nothing.</param>
/// <param name="Coupons">Those of the coupons by which a promotion holds here.</param>
public sealed record PricedBasket(string Currency, DateOnly On, decimal Total, bool Complete, IReadOnlyList<PricedBasketLine> Lines, IReadOnlyList<PricedBasketLine> Gifts, IReadOnlyList<string> Coupons)
{
    internal static PricedBasket Of(string currency, DateOnly on, BasketPrice priced) =>
        new(currency, on, priced.Lines.Sum(line => line.LineAmount), priced.Lines.All(line => line.Refusal is null), [.. priced.Lines.Select(PricedBasketLine.Of)], [.. priced.Gifts.Select(PricedBasketLine.Of)], priced.Coupons);
}

/// <summary>One line of the answer.</summary>
/// <param name="Sku">As asked.</param>
/// <param name="Quantity">As asked.</param>
/// <param name="Refusal">Why there is no price: unknown_sku, discontinued, no_price, quantity_not_positive, not_sold_here; null where there is one.</param>
/// <param name="Name">The product's name.</param>
/// <param name="NameZh">The product's name in Chinese.</param>
/// <param name="Unit">What one of it is.</param>
/// <param name="UnitPrice">What one costs.</param>
/// <param name="Amount">Quantity times unit price, rounded to the currency.</param>
/// <param name="Steps">How the unit price came about.</param>
public sealed record PricedBasketLine(string Sku, decimal Quantity, string? Refusal, string? Name, string? NameZh, string? Unit, decimal? UnitPrice, decimal? Amount, IReadOnlyList<PriceStep> Steps)
{
    /// <summary>How many pieces are left at the deal's special price, where the line asks for more and so has none of it.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public int? SpecialLeft { get; init; }

    internal static PricedBasketLine Of(LinePrice line) => line.Refusal is { } refusal
        ? new(line.Sku, line.Quantity, refusal["pricing.refused.".Length..], line.Name, line.NameZh, line.Unit, null, null, [])
        : new(line.Sku, line.Quantity, null, line.Name, line.NameZh, line.Unit, line.UnitPrice, line.LineAmount, line.Steps) { SpecialLeft = line.SpecialLeft };
}
