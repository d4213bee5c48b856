using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Notifications;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Deals;

/// <summary>
/// Special prices of an approved deal: the claimant asks and may take it back while nobody has decided, the deal desk grants some, other ones or none, and a seller that is not the brand says whether it sells at them.
/// </summary>
public sealed class AskForSpecialPrices(Db db, ActOnDeal actOnDeal, SpecialPriceStore specials, Prices prices, DealNews news, Notifier notifier, AuditTrail audit, ICurrentPerson me, TimeProvider clock)
{
    /// <summary>The most products one request asks for.</summary>
    public const int MostLines = 200;

    /// <summary>The most days special prices can hold.</summary>
    public const int MostDays = 365;

    static readonly string[] Sellers = ["sales", "partner_admin"];

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks; one request of a deal waits at a time.</summary>
    /// <param name="deal">The deal.</param>
    /// <param name="version">The version that was seen.</param>
    /// <param name="asked">What for.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> RequestAsync(string deal, int? version, SpecialPricesAsked asked, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(deal, version, "request_special_price", asked.Reason, async (found, act) =>
            {
                if (found.ProtectedUntil <= Now)
                {
                    return new DealOutcome.Refused("deals.refused.protection_ended");
                }

                if (await specials.BuyingAsync(ct) is not { } who)
                {
                    return new DealOutcome.Forbidden();
                }

                var (lines, problems) = await CheckAsync(found, who, asked, await specials.TodayAsync(ct), ct);
                if (problems.Count > 0)
                {
                    return new DealOutcome.Invalid(problems);
                }

                var number = PublicNumber.New("SP");
                await specials.InsertAsync(number, found, who, DealTyped.Text(asked.Reason)!, asked.ValidUntil!.Value, lines, Now, ct);
                return await actOnDeal.FinishAsync(found, act, asked.Reason, new { number, asked.ValidUntil, lines = lines.Select(line => new { line.Sku, line.Quantity, line.UsualPrice, line.WantedPrice, line.WantedCustomerPrice }) },
                    () => news.TellDealDeskAsync("special_prices_requested", found, asked.Reason, ct), ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(SpecialPriceStore.OneOpen))
        {
            return new DealOutcome.Refused("specials.refused.waits");
        }
    }

    async Task<(List<SpecialPriceLine> Lines, List<FieldProblem> Problems)> CheckAsync(Deal deal, BuyingPartner who, SpecialPricesAsked asked, DateOnly day, CancellationToken ct)
    {
        var problems = new List<FieldProblem>();
        List<(int Row, SpecialPriceAsked Line)> rows = [.. asked.Lines.Select((line, row) => (row, line)).Where(one => !one.line.IsEmpty)];
        if (asked.ValidUntil is not { } until || until < day || until > day.AddDays(MostDays))
        {
            problems.Add(new("validUntil", "specials.invalid.until", MostDays));
        }

        if (rows.Count is 0 or > MostLines)
        {
            problems.Add(new("lines", "specials.invalid.lines", MostLines));
            return ([], problems);
        }

        var products = (await specials.ProductsAsync(rows.Select(one => one.Line.Sku?.Trim() ?? ""), ct)).ToDictionary(product => product.Sku, StringComparer.Ordinal);
        var usual = await prices.ForAsync(who.PartnerId, who.SellerId, who.Currency, day, [.. rows.Select(one => new AskedLine(one.Line.Sku?.Trim() ?? "", IsQuantity(one.Line.Quantity) ? one.Line.Quantity!.Value : 1))], ct);
        var lines = new List<SpecialPriceLine>();
        foreach (var ((row, line), price) in rows.Zip(usual))
        {
            var known = products.GetValueOrDefault(line.Sku?.Trim() ?? "");
            var today = price.Refusal is null ? price.UnitPrice : (decimal?)null;
            var wanted = line.Price ?? (line.Percent is > 0 and < 100 && today is { } now ? Amounts.Less(now, line.Percent.Value / 100, who.Currency) : null);
            problems.AddRange(Flaws(deal, line, known, lines, today, wanted).Select(flaw => new FieldProblem($"lines[{row}].{flaw.Field}", flaw.TextKey, [.. flaw.Arguments])));
            if (known is not null && problems.Count == 0)
            {
                lines.Add(new()
                {
                    ProductId = known.ProductId, Sku = known.Sku, Quantity = (int)line.Quantity!.Value, UsualPrice = today, WantedPrice = wanted, WantedRate = line.Price is null && line.Percent is { } percent ? percent / 100 : null,
                    WantedCustomerPrice = line.CustomerPrice,
                });
            }
        }

        return (lines, problems);
    }

    static IEnumerable<FieldProblem> Flaws(Deal deal, SpecialPriceAsked line, ProductOfLine? product, List<SpecialPriceLine> before, decimal? today, decimal? wanted)
    {
        if (product is null)
        {
            yield return new("sku", "specials.invalid.sku", line.Sku ?? "");
        }
        else if (product.ProductLineId is not { } family || !deal.LineIds.Contains(family))
        {
            yield return new("sku", "specials.invalid.line", product.Sku);
        }
        else if (before.Exists(other => other.ProductId == product.ProductId))
        {
            yield return new("sku", "specials.invalid.twice", product.Sku);
        }

        if (!IsQuantity(line.Quantity))
        {
            yield return new("quantity", "specials.invalid.quantity");
        }

        if (line.Price is not null && line.Percent is not null)
        {
            yield return new("percent", "specials.invalid.price_or_percent");
        }

        if (line.Percent is <= 0 or >= 100 || (line.Percent is { } percent && Amounts.Decimals(percent) > 4) || (line.Percent is not null && today is null))
        {
            yield return new("percent", "specials.invalid.percent");
        }

        if (line.Price is { } price && !IsPrice(price))
        {
            yield return new("price", "specials.invalid.price");
        }

        if (line.CustomerPrice is { } customers && !IsPrice(customers))
        {
            yield return new("customerPrice", "specials.invalid.price");
        }

        if ((line.Price ?? line.Percent ?? line.CustomerPrice) is null)
        {
            yield return new("price", "specials.invalid.nothing");
        }
        else if (wanted >= today)
        {
            yield return new("price", "specials.invalid.not_lower", today!);
        }
    }

    static bool IsQuantity(decimal? quantity) => quantity is >= 1 and <= 1_000_000 && decimal.Truncate(quantity.Value) == quantity;

    static bool IsPrice(decimal price) => price is > 0 and < 1e12m && Amounts.Decimals(price) <= 4;

    /// <summary>Takes a request back that nobody has decided about; the deal can be asked for again.</summary>
    /// <param name="number">The request.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> WithdrawAsync(string number, CancellationToken ct)
    {
        if (await specials.FindAsync(number, await specials.TodayAsync(ct), ct) is not { } request)
        {
            return new DealOutcome.Missing();
        }

        // The seller that has its word to say hears of what was granted, and has asked for nothing; the brand decides.
        if (me.IsBrand || me.PartnerId != request.PartnerId)
        {
            return new DealOutcome.Forbidden();
        }

        return request.State is not "asked" ? new DealOutcome.Refused(Ended(request.State)) : await actOnDeal.RunAsync(request.Deal, null, "withdraw_special_price", null, async (deal, act) =>
            await specials.WithdrawAsync(request, Now, ct)
                ? await actOnDeal.FinishAsync(deal, act, null, new { number }, () => news.TellDealDeskAsync("special_prices_withdrawn", deal, null, ct), ct)
                : new DealOutcome.Refused("specials.refused.decided"), ct);
    }

    static string Ended(string state) => state switch
    {
        "withdrawn" => "specials.refused.withdrawn",
        "over" => "specials.refused.over",
        _ => "specials.refused.decided",
    };

    /// <summary>Decides: grants what is said, or refuses all.</summary>
    /// <param name="number">The request.</param>
    /// <param name="decided">What was decided.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> DecideAsync(string number, SpecialPricesDecided decided, CancellationToken ct)
    {
        if (decided.Decision is not ("grant" or "refuse"))
        {
            return new DealOutcome.Invalid([new("decision", "deals.invalid.decision", "grant, refuse")]);
        }

        if (await specials.FindAsync(number, await specials.TodayAsync(ct), ct) is not { } request)
        {
            return new DealOutcome.Missing();
        }

        if (request.State is "withdrawn")
        {
            return new DealOutcome.Refused("specials.refused.withdrawn");
        }

        return decided.Decision is "grant" ? await GrantAsync(request, decided, ct) : await RefuseAsync(request, decided.Answer, ct);
    }

    Task<DealOutcome> RefuseAsync(SpecialPrices request, string? answer, CancellationToken ct) => actOnDeal.RunAsync(request.Deal, null, "refuse_special_price", answer, async (deal, act) =>
        await specials.DecideAsync(request, false, null, DealTyped.Text(answer), Now, ct)
            ? await actOnDeal.FinishAsync(deal, act, answer, new { request.Number, answer }, () => news.TellClaimantAsync("special_prices_refused", deal, answer, ct), ct)
            : new DealOutcome.Refused("specials.refused.decided"), ct);

    Task<DealOutcome> GrantAsync(SpecialPrices request, SpecialPricesDecided decided, CancellationToken ct) => actOnDeal.RunAsync(request.Deal, null, "grant_special_price", decided.Answer, async (deal, act) =>
    {
        if (deal.ProtectedUntil <= Now)
        {
            return new DealOutcome.Refused("deals.refused.protection_ended");
        }

        var today = await specials.TodayAsync(ct);
        var until = decided.ValidUntil ?? request.WantedUntil!.Value;
        var asked = await specials.LinesAsync(request, ct);
        var said = decided.Lines ?? [.. asked.Select(line => new SpecialPriceDecided { LineNumber = line.LineNumber, Quantity = line.Quantity, Price = line.WantedPrice, CustomerPrice = line.WantedCustomerPrice })];
        if (Flaws(request, asked, said, until, today).ToList() is { Count: > 0 } problems)
        {
            return new DealOutcome.Invalid(problems);
        }

        if (!await specials.DecideAsync(request, true, until, DealTyped.Text(decided.Answer), Now, ct))
        {
            return new DealOutcome.Refused("specials.refused.decided");
        }

        var granted = said.SelectMany(line => Granted(line, asked)).ToList();
        await specials.GrantAsync(request, granted, until, today, Now, ct);
        return await actOnDeal.FinishAsync(deal, act, decided.Answer, new { request.Number, until, decided.Answer, prices = granted.Select(price => new { price.Trade, asked.First(line => line.ProductId == price.ProductId).Sku, price.Quantity, price.Price }) },
            () => TellGrantedAsync(request, deal, decided.Answer, granted.Exists(price => price.Trade is "purchase"), ct), ct);
    }, ct);

    async Task TellGrantedAsync(SpecialPrices request, Deal deal, string? answer, bool isBought, CancellationToken ct)
    {
        await news.TellClaimantAsync("special_prices_granted", deal, answer, ct);
        if (!request.SellerIsBrand && isBought)
        {
            await notifier.TellAsync(Recipients.Of(request.SellerId, Sellers), "specials.told.agree", [request.Number, request.PartnerName], $"/deals/special-prices/{request.Number}", ct);
        }
    }

    static IEnumerable<FieldProblem> Flaws(SpecialPrices request, List<SpecialPriceLine> asked, IReadOnlyList<SpecialPriceDecided> said, DateOnly until, DateOnly today)
    {
        if (until < today || until > today.AddDays(MostDays))
        {
            yield return new("validUntil", "specials.invalid.until", MostDays);
        }

        if (!said.Any(line => (line.Price ?? line.CustomerPrice) is not null))
        {
            yield return new("lines", "specials.invalid.nothing_granted");
        }

        for (var i = 0; i < said.Count; i++)
        {
            var line = said[i];
            if (!asked.Exists(other => other.LineNumber == line.LineNumber) || said.Take(i).Any(other => other.LineNumber == line.LineNumber))
            {
                yield return new($"lines[{i}].lineNumber", "specials.invalid.line_number", line.LineNumber);
            }

            if ((line.Price ?? line.CustomerPrice ?? line.SupportPrice) is not null && !IsQuantity(line.Quantity))
            {
                yield return new($"lines[{i}].quantity", "specials.invalid.quantity");
            }

            if (new[] { line.Price, line.CustomerPrice, line.SupportPrice }.Any(price => price is { } value && !IsPrice(value)))
            {
                yield return new($"lines[{i}].price", "specials.invalid.price");
            }

            if (line.SupportPrice is not null && (request.SellerIsBrand || request.BrandOfSellerId is null || line.Price is null))
            {
                yield return new($"lines[{i}].supportPrice", "specials.invalid.support");
            }
        }
    }

    static IEnumerable<GrantedPrice> Granted(SpecialPriceDecided said, List<SpecialPriceLine> asked)
    {
        var product = asked.First(line => line.LineNumber == said.LineNumber).ProductId;
        return new (string Trade, decimal? Price)[] { ("purchase", said.Price), ("offer", said.CustomerPrice), ("support", said.SupportPrice) }
            .Where(one => one.Price is not null).Select(one => new GrantedPrice(product, one.Trade, (int)said.Quantity!.Value, one.Price!.Value));
    }

    /// <summary>A seller that is not the brand says whether it sells at the prices that were granted; from then on they hold.</summary>
    /// <param name="number">The request.</param>
    /// <param name="agrees">It does.</param>
    /// <param name="said">Why not.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<DealOutcome> SayAsync(string number, bool agrees, string? said, CancellationToken ct) => db.InTransactionAsync<DealOutcome>(async () =>
    {
        var today = await specials.TodayAsync(ct);
        if (await specials.FindAsync(number, today, ct) is not { } request)
        {
            return new DealOutcome.Missing();
        }

        if (me.IsBrand || me.PartnerId != request.SellerId || !me.Has(Sellers))
        {
            return new DealOutcome.Forbidden();
        }

        if (!agrees && DealTyped.Text(said) is null)
        {
            return new DealOutcome.Invalid([new("reason", "deals.invalid.reason")]);
        }

        if (said is { Length: > 2000 })
        {
            return new DealOutcome.Invalid([new("reason", "customers.invalid.too_long", 2000)]);
        }

        if (!await specials.SayAsync(number, agrees, DealTyped.Text(said), today, Now, ct))
        {
            return new DealOutcome.Refused("specials.refused.said");
        }

        await audit.RecordAsync(agrees ? "special_price.agreed" : "special_price.declined", "special_price", number, request.SellerId, new { request.Deal, request.Revision, said }, ct);
        await notifier.TellAsync(Recipients.Of(request.PartnerId, Sellers) + Recipients.Brand("deal_desk"), agrees ? "specials.told.agreed" : "specials.told.declined", [request.Deal, request.SellerName], $"/deals/special-prices/{number}", ct);
        return new DealOutcome.Done(number, 0);
    }, ct);
}
