using System.Globalization;
using Platform.Audit;
using Platform.Database;
using Platform.Texts;
using Platform.Web;
using Portal.Pricing;
using Portal.Quotes;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Configuring;

/// <summary>Guided selling of workspace plans: asks what is needed, proposes what fits with reasons and prices, and puts the one that was chosen into a quote.</summary>
public sealed class Plans(Db db, PlanStore store, ConfigurationStore configurations, Prices prices, SoldByTerm soldByTerm, QuoteStore quotes, PutIntoQuote putIntoQuote, AuditTrail audit, ICurrentPerson me, Texts t)
{
    /// <summary>No plan begins later.</summary>
    public const int MostDaysAhead = 730;

    /// <summary>Checks what was asked; a plan is for whole months from the day of its start.</summary>
    public async Task<(PlanWish? Wish, IReadOnlyList<FieldProblem> Problems)> ReadAsync(PlanAsked asked, CancellationToken ct)
    {
        var today = await quotes.TodayAsync(ct);
        var problems = new List<FieldProblem>();
        if (Configurator.Whole(asked.Seats, 1, ProposePlans.MostSeats) is not { } seats)
        {
            problems.Add(new("seats", "configuring.problem.plan_for_seats", ProposePlans.MostSeats));
            seats = 1;
        }

        if (Configurator.Whole(asked.Months, 1, ProposePlans.MostMonths) is not { } months)
        {
            problems.Add(new("months", "configuring.problem.plan_for_months", ProposePlans.MostMonths));
            months = 1;
        }

        if (Configurator.Whole(asked.Hours ?? 0, 0, ProposePlans.MostHours) is not { } hours)
        {
            problems.Add(new("hours", "configuring.problem.plan_for_hours", ProposePlans.MostHours));
            hours = 0;
        }

        if (asked.Start is null || asked.Start < today || asked.Start > today.AddDays(MostDaysAhead))
        {
            problems.Add(new("start", "configuring.problem.plan_start", MostDaysAhead));
        }

        PlanStyle? style = asked.Style switch { null or "" or "any" => PlanStyle.Any, "own_desk" => PlanStyle.OwnDesk, "own_room" => PlanStyle.OwnRoom, _ => null };
        if (style is null)
        {
            problems.Add(new("style", "configuring.problem.plan_style"));
        }

        return problems.Count > 0 ? (null, problems) : (new(seats, months, hours, style!.Value) { Start = asked.Start!.Value }, problems);
    }

    /// <summary>The plans that fit, the cheapest first.</summary>
    public Task<ProposedPlans> ProposeAsync(PlanWish wish, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var products = await store.AllAsync(ct);
        if (products.Count == 0 || await configurations.ForAsync(ct) is not { } who)
        {
            return new ProposedPlans("", [], []);
        }

        var single = await prices.ForAsync(null, who.PartnerId, who.Currency, who.Today, [.. products.Select(product => new AskedLine(product.Sku, 1))], ct);
        var byTerm = (await soldByTerm.ProductsAsync([.. products.Select(product => product.Sku)], ct)).ToDictionary(product => product.Sku, StringComparer.Ordinal);
        var priced = products.Zip(single, (product, price) => product with { UnitPrice = price.Refusal is null ? price.UnitPrice : null, Terms = byTerm.GetValueOrDefault(product.Sku) }).ToList();
        var proposals = ProposePlans.For(wish, priced);
        var baskets = await prices.OfBasketsAsync(null, who.PartnerId, who.Currency, who.Today, [.. proposals.Select(proposal => (IReadOnlyCollection<AskedLine>)[.. proposal.Lines.Select(line => new AskedLine(line.Product.Sku, line.Quantity) { Term = line.Product.Terms is null ? null : wish.Term })])], ct);
        return new ProposedPlans(who.Currency,
            [.. proposals.Zip(baskets, (proposal, basket) => new PricedPlan(proposal, basket.Lines)).Where(plan => plan.Prices.All(price => price.Refusal is null)).OrderBy(plan => plan.Total).ThenBy(plan => plan.Proposal.Lines.Count)],
            [.. priced.Where(product => product.UnitPrice is null || !product.IsSoldFor(wish.Months))]);
    }, ct);

    /// <summary>Puts a plan into a quote: a draft, or a new one. What it is for, and from when until when, stands in the terms.</summary>
    public Task<PutOutcome> PutAsync(PlanAsked asked, string? key, string? quote, string? customer, CancellationToken ct) => db.InTransactionAsync<PutOutcome>(async () =>
    {
        if (!me.Has(Configure.Sellers))
        {
            return new PutOutcome.Forbidden();
        }

        var (wish, problems) = await ReadAsync(asked, ct);
        if (wish is null)
        {
            return new PutOutcome.Refused(problems);
        }

        if (quote is null && customer is null)
        {
            return new PutOutcome.Refused(new FieldProblem("customer", "configuring.problem.customer"));
        }

        if ((await ProposeAsync(wish, ct)).Plans.FirstOrDefault(plan => plan.Proposal.Key == key) is not { } chosen)
        {
            return new PutOutcome.Refused(new FieldProblem("plan", "configuring.problem.plan_gone"));
        }

        var lines = chosen.Proposal.Lines.Select(line => new QuoteRequestLine(line.Product.Sku, line.Quantity, null)
        {
            Start = line.Product.Terms is null ? null : wish.Start, Months = line.Product.Terms is null ? null : wish.Months,
        }).ToList();
        var terms = t["configuring.plan.terms", wish.Seats, Day(wish.Start), Day(wish.Term.End), wish.Months].Value;
        var outcome = await putIntoQuote.RunAsync(new(quote, customer), lines, terms,
            draft => draft with { Lines = [.. draft.Lines, .. lines], Terms = draft.Terms is null ? terms : draft.Terms + "\n" + terms }, number => new PutOutcome.Done(key!, "quote", number), ct);
        if (outcome is PutOutcome.Done done)
        {
            await audit.RecordAsync("quote.plan_put", "quote", done.Number, me.PartnerId, new { plan = key, wish.Seats, wish.Months, wish.Hours, asked.Start }, ct);
        }

        return outcome;
    }, ct);

    static string Day(DateOnly day) => day.ToString("d", CultureInfo.CurrentCulture);
}

/// <summary>What is asked for a plan, as typed.</summary>
/// <param name="Seats">For how many people.</param>
/// <param name="Months">For how many months.</param>
/// <param name="Hours">Meeting hours a month; none where left out.</param>
/// <param name="Start">The first day.</param>
/// <param name="Style">any, own_desk or own_room.</param>
public sealed record PlanAsked(decimal? Seats, decimal? Months, decimal? Hours, DateOnly? Start, string? Style);

/// <summary>Plans that fit, the cheapest first.</summary>
/// <param name="Currency">ISO 4217; empty where nothing is priced.</param>
/// <param name="Plans">The plans.</param>
/// <param name="LeftOut">Products that were not looked at: without price, or sold for longer only.</param>
public sealed record ProposedPlans(string Currency, IReadOnlyList<PricedPlan> Plans, IReadOnlyList<PlanProduct> LeftOut);

/// <summary>A plan with its prices.</summary>
/// <param name="Proposal">The plan.</param>
/// <param name="Prices">The price of each line, over all months.</param>
public sealed record PricedPlan(PlanProposal Proposal, IReadOnlyList<LinePrice> Prices)
{
    /// <summary>The sum of the rounded lines, over all months.</summary>
    public decimal Total => Prices.Sum(price => price.LineAmount);
}
