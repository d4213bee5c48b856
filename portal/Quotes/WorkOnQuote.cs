using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Deals;
using Portal.Kpis;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Everything a person does to a quote; each act is one transaction with its entry in the audit.</summary>
public sealed class WorkOnQuote(Db db, QuoteStore quotes, PriceQuote pricing, FrozenQuotes frozen, KpiFacts kpis, PursueDeal pursueDeal, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Writes a new draft.</summary>
    public Task<QuoteOutcome> CreateAsync(QuoteRequest request, CancellationToken ct) => db.InTransactionAsync<QuoteOutcome>(async () =>
    {
        if (!me.Has(QuoteLifecycle.RolesOf(QuoteSide.Seller)))
        {
            return new QuoteOutcome.Forbidden();
        }

        return await WriteAsync(request, await quotes.SellerAsync(ct), ct);
    }, ct);

    /// <summary>The product itself writes a draft for a seller, such as the offer of a next term; whoever sells there sends it, or not.</summary>
    /// <param name="sellerId">The key of the seller.</param>
    /// <param name="request">What is offered.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<QuoteOutcome> CreateForAsync(long sellerId, QuoteRequest request, CancellationToken ct) => db.InTransactionAsync(async () => await WriteAsync(request, await quotes.SellerAsync(ct, sellerId), ct), ct);

    async Task<QuoteOutcome> WriteAsync(QuoteRequest request, QuoteSeller seller, CancellationToken ct)
    {
        var check = await pricing.RunAsync(request, seller, null, ct);
        if (check.Quote is not { } quote)
        {
            return new QuoteOutcome.Wrong(check.Problems);
        }

        var number = PublicNumber.New("Q");
        await quotes.InsertAsync(number, seller.PartnerId, quote, ct);
        await audit.RecordAsync("quote.created", "quote", number, seller.PartnerId, new { quote.Currency, quote.GrandTotal, lines = quote.Lines.Count }, ct);
        return new QuoteOutcome.Done(number);
    }

    /// <summary>Writes a new draft with the same things at today's prices, for the same customer or another one.</summary>
    /// <param name="number">The quote that is copied; of the own company.</param>
    /// <param name="customer">The customer's number; null for the same.</param>
    /// <param name="validUntil">The last day it holds; null for the usual 30 days.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<QuoteOutcome> CopyAsync(string number, string? customer, DateOnly? validUntil, CancellationToken ct) => db.InTransactionAsync<QuoteOutcome>(async () =>
    {
        if (await quotes.HeadAsync(number, ct) is not { } head || head.PartnerId != me.PartnerId)
        {
            return new QuoteOutcome.NotFound();
        }

        var today = await quotes.TodayAsync(ct);
        var request = QuoteRequest.Of(head, await quotes.LinesAsync(head.QuoteRevisionId, ct));
        return await CreateAsync(request with
        {
            // A term that has begun meanwhile begins anew, and a subscription is its customer's own.
            Lines = [.. request.Lines.Select(line => (customer is null || customer == head.CustomerNumber ? line : line.Afresh) is var kept && kept is { Subscription: null, Start: { } start } && start < today ? kept with { Start = null } : kept)],
            Customer = customer ?? head.CustomerNumber, Deal = null, ValidUntil = validUntil ?? today.AddDays(PriceQuote.UsualDays),
        }, ct);
    }, ct);

    /// <summary>Replaces what a draft holds, at today's prices.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="request">What is offered now.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<QuoteOutcome> UpdateAsync(string number, int? version, QuoteRequest request, CancellationToken ct) => WithAsync(number, version, QuoteLifecycle.Edit, null, async head =>
    {
        var check = await pricing.RunAsync(request, await quotes.SellerAsync(ct), head.Rate, ct);
        if (check.Quote is not { } quote)
        {
            return new QuoteOutcome.Wrong(check.Problems);
        }

        // Revisions are compared and listed in one currency.
        if (head.FirstSentOn is not null && quote.Currency != head.Currency)
        {
            return new QuoteOutcome.Wrong([new("currency", "quotes.problem.currency_stays", head.Currency)]);
        }

        await quotes.ReplaceAsync(head, quote, ct);
        await audit.RecordAsync("quote.changed", "quote", number, head.PartnerId, new { head.Revision, quote.GrandTotal, lines = quote.Lines.Count }, ct);
        return new QuoteOutcome.Done(number);
    }, ct);

    /// <summary>Freezes the revision and marks it sent; a discount beyond the partner's authority goes to the deal desk instead.</summary>
    public async Task<QuoteOutcome> SendAsync(string number, int? version, CancellationToken ct)
    {
        try
        {
            return await FreezeAsync(number, version, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_budget_is_not_overspent") || refused.Violates("a_promotion_is_used_no_oftener_than_it_may") || refused.Violates("a_buyer_uses_a_promotion_no_oftener_than_it_may"))
        {
            // Others were faster. The draft is priced without it when it is stored again, and somebody looks at that first.
            var head = await quotes.HeadAsync(number, ct);
            return new QuoteOutcome.Wrong([new("promotions", "quotes.problem.promotion_used_up", string.Join(", ", (await quotes.PromotionsAsync(head!.QuoteRevisionId, ct)).Select(promotion => promotion.Code)))]);
        }
    }

    Task<QuoteOutcome> FreezeAsync(string number, int? version, CancellationToken ct) => WithAsync(number, version, QuoteLifecycle.Send, null, async head =>
    {
        var today = await quotes.TodayAsync(ct);
        if (head.ValidUntil < today)
        {
            return new QuoteOutcome.Wrong([new("validUntil", "quotes.problem.valid_until", PriceQuote.MostDays)]);
        }

        var lines = await quotes.LinesAsync(head.QuoteRevisionId, ct);
        if (head.Status == "draft" && (await ReasonsAsync(head, lines, await quotes.CostsAsync(head.QuoteRevisionId, ct), ct)).Count > 0)
        {
            return await AdvanceAsync(head, QuoteLifecycle.Send, "pending_approval", null, null, ct);
        }

        await frozen.FreezeAsync(head, lines, today, ct);
        // What is promised is reserved for as long as it can be accepted.
        await quotes.TakePromotionsAsync(head, ct);
        if (head.FirstSentOn is null)
        {
            await kpis.AddAsync([new(head.PartnerId, Metric.QuotesSent, null, today, 1)], ct);
            await ConvertDealAsync(head, ct);
        }

        return await AdvanceAsync(head, QuoteLifecycle.Send, "sent", null, today, ct);
    }, ct);

    // An approved deal becomes a quote with the first one that goes out. One that is over or already a quote stays as it is, and so does the quote.
    Task ConvertDealAsync(QuoteHead head, CancellationToken ct) =>
        head.DealNumber is { } deal && me.PartnerId == head.PartnerId ? pursueDeal.ConvertAsync(deal, head.Number, ct) : Task.CompletedTask;

    /// <summary>The deal desk lets it pass.</summary>
    public Task<QuoteOutcome> ApproveAsync(string number, int? version, CancellationToken ct) =>
        WithAsync(number, version, QuoteLifecycle.Approve, null, head => AdvanceAsync(head, QuoteLifecycle.Approve, "approved", null, null, ct), ct);

    /// <summary>The deal desk gives it back.</summary>
    public Task<QuoteOutcome> RejectAsync(string number, int? version, string? reason, CancellationToken ct) =>
        WithAsync(number, version, QuoteLifecycle.Reject, reason, head => AdvanceAsync(head, QuoteLifecycle.Reject, "draft", reason, null, ct), ct);

    /// <summary>The customer took the revision.</summary>
    public Task<QuoteOutcome> AcceptAsync(string number, int? version, CancellationToken ct) =>
        WithAsync(number, version, QuoteLifecycle.Accept, null, head => AdvanceAsync(head, QuoteLifecycle.Accept, "accepted", null, null, ct), ct);

    /// <summary>The customer did not take it.</summary>
    public Task<QuoteOutcome> DeclineAsync(string number, int? version, string? reason, CancellationToken ct) =>
        WithAsync(number, version, QuoteLifecycle.Decline, reason, head => AdvanceAsync(head, QuoteLifecycle.Decline, "declined", reason, null, ct), ct);

    /// <summary>What the customer took has been ordered from the company above; the caller has seen to it that this happens once, and holds the quote.</summary>
    /// <param name="head">The quote.</param>
    /// <param name="order">The order's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task OrderedAsync(QuoteHead head, string order, CancellationToken ct)
    {
        // Ordered anew, after an order came to nothing, it is no further sign of life of its deal.
        if (head.Status is not "ordered")
        {
            await quotes.AdvanceAsync(head, QuoteLifecycle.Order, "ordered", head.Revision, null, null, ct);
        }

        await audit.RecordAsync("quote.order", "quote", head.Number, head.PartnerId, new { head.Revision, order }, ct);
    }

    /// <summary>The partner takes it back.</summary>
    public Task<QuoteOutcome> WithdrawAsync(string number, int? version, string? reason, CancellationToken ct) =>
        WithAsync(number, version, QuoteLifecycle.Withdraw, reason, head => AdvanceAsync(head, QuoteLifecycle.Withdraw, "withdrawn", reason, null, ct), ct);

    /// <summary>Begins the next revision as a draft with the same content; an approved draft that was never sent goes back to being one.</summary>
    public Task<QuoteOutcome> ReviseAsync(string number, int? version, CancellationToken ct) => WithAsync(number, version, QuoteLifecycle.Revise, null, async head =>
    {
        if (head.FrozenAt is null)
        {
            return await AdvanceAsync(head, QuoteLifecycle.Revise, "draft", null, null, ct);
        }

        var lines = await quotes.LinesAsync(head.QuoteRevisionId, ct);
        var costs = await quotes.CostsAsync(head.QuoteRevisionId, ct);
        var deal = head.DealNumber is null ? null : await quotes.FindDealAsync(head.DealNumber, ct);
        await quotes.InsertRevisionAsync(head.QuoteId, head.PartnerId, head.Revision + 1, new(head.EndCustomerId, deal?.DealId, head.Currency, head.ValidUntil, head.TaxRate, head.Terms,
            head.NetTotal, head.TaxTotal, head.GrandTotal, head.MostDiscount,
            [.. lines.Select(line => new PricedQuoteLine(line.ProductId, line.Quantity, line.Price, line.Discount, line.UnitPrice, line.Amount, line.PriceSteps)
            {
                IsGift = line.IsGift,
                Section = line.Section, Choice = line.Choice, AlternativeTo = line.AlternativeTo, Floor = line.FloorPrice, Configuration = line.Configuration,
                TermStart = line.TermStart, TermEnd = line.TermEnd, TermMonths = line.TermMonths, Subscription = line.Subscription, UnitCost = costs.TryGetValue(line.LineNumber, out var cost) ? cost : null,
            })])
        {
            Rate = head.Rate, IsRateOnPaper = head.RateOnPaper, Coupons = head.Coupons, Uses = [.. (await quotes.PromotionsAsync(head.QuoteRevisionId, ct)).Select(promotion => new PromotionUse(promotion.PriceRuleId, promotion.Code, promotion.Amount))],
        }, ct);
        return await AdvanceAsync(head with { Revision = head.Revision + 1 }, QuoteLifecycle.Revise, "draft", null, null, ct);
    }, ct);

    /// <summary>Puts something checked and priced into the draft, or begins the next revision with it where the current one was sent: as typing it into a new revision would, in one act.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="quote">What is offered now; checked in the transaction that calls this.</param>
    /// <param name="from">Where it comes from, for the audit.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<QuoteOutcome> ReplaceAsync(string number, int? version, PricedQuote quote, object from, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } seen)
        {
            return new QuoteOutcome.NotFound();
        }

        return await WithAsync(number, version, seen.Status == "draft" ? QuoteLifecycle.Edit : QuoteLifecycle.Revise, null, async head =>
        {
            var revision = head.FrozenAt is null ? head.Revision : head.Revision + 1;
            if (head.FrozenAt is null)
            {
                await quotes.ReplaceAsync(head, quote, ct);
            }
            else
            {
                await quotes.InsertRevisionAsync(head.QuoteId, head.PartnerId, revision, quote, ct);
            }

            if (head.Status != "draft")
            {
                await AdvanceAsync(head with { Revision = revision }, QuoteLifecycle.Revise, "draft", null, null, ct);
            }

            await audit.RecordAsync("quote.changed", "quote", number, head.PartnerId, new { revision, quote.GrandTotal, lines = quote.Lines.Count, from }, ct);
            return new QuoteOutcome.Done(number);
        }, ct);
    }

    /// <summary>Why the deal desk has to approve what the seller offers; empty where it has not.</summary>
    /// <param name="head">The quote.</param>
    /// <param name="lines">The lines of its current revision.</param>
    /// <param name="costs">What they cost the seller.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<IReadOnlyList<ApprovalReason>> ReasonsAsync(QuoteHead head, IReadOnlyList<QuoteLine> lines, IReadOnlyDictionary<int, decimal> costs, CancellationToken ct) =>
        // What the deal desk offers itself it has approved.
        me.PartnerId == head.PartnerId && me.Has(QuoteLifecycle.RolesOf(QuoteSide.DealDesk)) ? []
            : ApprovalReason.Of(await quotes.AuthorityAsync(head.IsBrand ? "platinum" : head.PartnerLevel, ct), lines, costs);

    Task<QuoteOutcome> WithAsync(string number, int? version, string act, string? reason, Func<QuoteHead, Task<QuoteOutcome>> work, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await quotes.HoldAsync(number, ct) || await quotes.HeadAsync(number, ct) is not { } head)
        {
            return new QuoteOutcome.NotFound();
        }

        if (QuoteLifecycle.Find(act, head.Status) is not { } step)
        {
            return new QuoteOutcome.NotNow(head.Status);
        }

        if (!Allowed(step, head))
        {
            return new QuoteOutcome.Forbidden();
        }

        if (version is { } seen && seen != head.Version)
        {
            return new QuoteOutcome.Stale(head.Version);
        }

        return step.NeedsReason && reason is not { Length: > 0 and <= 1000 }
            ? new QuoteOutcome.Wrong([new("reason", "quotes.problem.reason")])
            : await work(head);
    }, ct);

    /// <summary>True when the person at work may take that step on that quote; the same question the page asks before it shows a button.</summary>
    public bool Allowed(QuoteStep step, QuoteHead head) =>
        me.Has(QuoteLifecycle.RolesOf(step.By)) && (step.By is QuoteSide.DealDesk ? me.IsBrand : me.PartnerId == head.PartnerId);

    async Task<QuoteOutcome> AdvanceAsync(QuoteHead head, string act, string status, string? reason, DateOnly? sentOn, CancellationToken ct)
    {
        await quotes.AdvanceAsync(head, act, status, head.Revision, reason, sentOn, ct);
        await audit.RecordAsync("quote." + act, "quote", head.Number, head.PartnerId, new { head.Revision, status, reason }, ct);
        return new QuoteOutcome.Done(head.Number);
    }
}

/// <summary>How an act on a quote ended.</summary>
public abstract record QuoteOutcome
{
    QuoteOutcome()
    {
    }

    /// <summary>It is done.</summary>
    public sealed record Done(string Number) : QuoteOutcome;

    /// <summary>There is no such quote for the person at work.</summary>
    public sealed record NotFound : QuoteOutcome;

    /// <summary>The person's roles or company do not allow it.</summary>
    public sealed record Forbidden : QuoteOutcome;

    /// <summary>The quote's state does not allow it; perhaps someone was faster.</summary>
    public sealed record NotNow(string Status) : QuoteOutcome;

    /// <summary>The quote has changed since the person looked.</summary>
    public sealed record Stale(int Version) : QuoteOutcome;

    /// <summary>Fields or lines are wrong, each with its remedy.</summary>
    public sealed record Wrong(IReadOnlyList<QuoteProblem> Problems) : QuoteOutcome;
}
