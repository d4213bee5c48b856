using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Orders;
using Portal.Pricing;
using Portal.Quotes;
using Portal.Stock;
using Portal.Web;

namespace Portal.Configuring;

/// <summary>Checks and prices what somebody configures, and puts it into a quote or an order, whole and once.</summary>
public sealed class Configure(Db db, BundleStore bundles, ConfigurationStore configurations, Prices prices, PutIntoQuote putIntoQuote, PlaceOrder placeOrder, AddToDraft addToDraft, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Those who configure for customers.</summary>
    public static IReadOnlyList<string> Sellers => QuoteLifecycle.RolesOf(QuoteSide.Seller);

    /// <summary>True for somebody who may put it into a quote.</summary>
    public bool MayQuote => me.Has(Sellers);

    /// <summary>True for somebody who may put it into an order.</summary>
    public bool MayOrder => !me.IsBrand && me.Has(BuyerRoles.All);

    /// <summary>A choice, checked and priced; null where the bundle cannot be configured today.</summary>
    /// <param name="code">The bundle.</param>
    /// <param name="wish">What is chosen; null for what is chosen at first.</param>
    /// <param name="own">Priced as the own company buys it, not as it sells it.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<PricedConfiguration?> CheckAsync(string code, Wish? wish, bool own, CancellationToken ct) => db.TogetherAsync(async () =>
        await bundles.CurrentAsync(code, ct) is { } bundle ? await PriceAsync(Configurator.Check(bundle, wish ?? Configurator.First(bundle)), own, ct) : null, ct);

    /// <summary>Prices what was checked: its lines as bought together.</summary>
    public Task<PricedConfiguration> PriceAsync(Configured made, bool own, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        // What the brand's people configure is for customers; a partner without upstream buys from nobody.
        if (await configurations.ForAsync(ct) is not { } who || (own && who.UpstreamId is null))
        {
            return new PricedConfiguration(made, "", [], []);
        }

        var basket = await prices.OfBasketAsync(own ? who.PartnerId : null, own ? who.UpstreamId!.Value : who.PartnerId, who.Currency, who.Today, [.. made.Lines.Select(line => new AskedLine(line.Sku, line.Quantity))], [], ct);
        return new PricedConfiguration(made, who.Currency, basket.Lines, basket.Gifts);
    }, ct);

    /// <summary>Puts it into a quote: a draft, or a new one for a customer.</summary>
    public Task<PutOutcome> IntoQuoteAsync(string code, Wish wish, IntoQuote into, CancellationToken ct) => PutAsync(code, wish, into.Replaces, MayQuote, (made, number) =>
    {
        var lines = made.Lines.Select(line => new QuoteRequestLine(line.Sku, line.Quantity, null) { Configuration = number }).ToList();
        return putIntoQuote.RunAsync(into, lines, null, draft => Placed(draft, lines, into.Replaces), quote => new PutOutcome.Done(number, "quote", quote), ct);
    }, ct);

    /// <summary>Puts it into an order that is a draft: the one named, or a new one.</summary>
    public Task<PutOutcome> IntoOrderAsync(string code, Wish wish, string? order, string? replaces, CancellationToken ct) => PutAsync(code, wish, replaces, MayOrder, async (made, number) =>
        await PutIntoOrderAsync(order, [.. made.Lines.Select(line => new SkuLine(line.Sku, line.Quantity) { Configuration = number })], replaces, ct) switch
        {
            OrderOutcome.Done(var written, _) => new PutOutcome.Done(number, "order", written),
            OrderOutcome.Forbidden => new PutOutcome.Forbidden(),
            OrderOutcome.Wrong(var problems) => new PutOutcome.Refused([.. problems.Select(problem => problem.ForApi)]),
            _ => new PutOutcome.Refused(new FieldProblem("order", "configuring.problem.no_draft")),
        }, ct);

    Task<OrderOutcome> PutIntoOrderAsync(string? order, IReadOnlyList<SkuLine> lines, string? replaces, CancellationToken ct) =>
        order is null ? placeOrder.CreateAsync(new(null, null, null, null, lines), submit: false, ct) : addToDraft.RunAsync(order, lines, replaces, ct);

    // The new lines stand where those of the configuration stood that they take the place of, under the same heading, else at the end.
    static QuoteRequest Placed(QuoteRequest request, List<QuoteRequestLine> lines, string? replaces)
    {
        var all = request.Lines.ToList();
        var at = replaces is null ? -1 : all.FindIndex(line => line.Configuration == replaces);
        if (at < 0)
        {
            return request with { Lines = [.. all, .. lines] };
        }

        return request with { Lines = [.. all.Take(at), .. lines.Select(line => line with { Section = all[at].Section }), .. all.Skip(at).Where(line => line.Configuration != replaces)] };
    }

    async Task<PutOutcome> PutAsync(string code, Wish wish, string? replaces, bool may, Func<Configured, string, Task<PutOutcome>> put, CancellationToken ct)
    {
        if (!may)
        {
            return new PutOutcome.Forbidden();
        }

        try
        {
            return await db.InTransactionAsync(async () =>
            {
                if (await bundles.CurrentAsync(code, ct) is not { } bundle)
                {
                    return new PutOutcome.NotFound();
                }

                var made = Configurator.Check(bundle, wish);
                if (made.Clashes.Count > 0)
                {
                    return new PutOutcome.Clashes(made);
                }

                var number = PublicNumber.New("CF");
                await configurations.InsertAsync(number, me.PartnerId, made, replaces, ct);
                var outcome = await put(made, number);
                if (outcome is not PutOutcome.Done done)
                {
                    // nothing was put anywhere, so nothing was configured
                    throw new NotPutException(outcome);
                }

                await audit.RecordAsync("configuration.put", "configuration", number, me.PartnerId, new { bundle = code, bundle.Version, made.Units, made.Seats, lines = made.Lines.Count, into = done.Into, number = done.Number, replaces }, ct);
                return outcome;
            }, ct);
        }
        catch (NotPutException refused)
        {
            return refused.Outcome;
        }
    }

    sealed class NotPutException(PutOutcome outcome) : Exception
    {
        public PutOutcome Outcome { get; } = outcome;
    }
}

/// <summary>The quote that a configuration goes into.</summary>
/// <param name="Quote">A draft; null for a new one.</param>
/// <param name="Customer">For a new one: the customer's number.</param>
public sealed record IntoQuote(string? Quote, string? Customer)
{
    /// <summary>For a new one: the deal it comes from.</summary>
    public string? Deal { get; init; }

    /// <summary>For a new one: the last day it holds.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>For a new one: percent; that of the last quote where nobody says.</summary>
    public decimal? TaxRate { get; init; }

    /// <summary>The configuration whose lines are taken out for it.</summary>
    public string? Replaces { get; init; }
}

/// <summary>A choice, checked and priced.</summary>
/// <param name="Made">What it comes to and what does not go together.</param>
/// <param name="Currency">ISO 4217; empty where nothing is priced.</param>
/// <param name="Lines">The prices, line by line.</param>
/// <param name="Gifts">What promotions give with it.</param>
public sealed record PricedConfiguration(Configured Made, string Currency, IReadOnlyList<LinePrice> Lines, IReadOnlyList<LinePrice> Gifts)
{
    /// <summary>The sum of the rounded lines.</summary>
    public decimal Total => Lines.Sum(line => line.LineAmount);
}

/// <summary>How putting a configuration somewhere ended.</summary>
public abstract record PutOutcome
{
    PutOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Configuration">Its number.</param>
    /// <param name="Into">quote or order.</param>
    /// <param name="Number">Which.</param>
    public sealed record Done(string Configuration, string Into, string Number) : PutOutcome;

    /// <summary>The bundle cannot be configured today.</summary>
    public sealed record NotFound : PutOutcome;

    /// <summary>The person may not.</summary>
    public sealed record Forbidden : PutOutcome;

    /// <summary>It does not go together.</summary>
    public sealed record Clashes(Configured Made) : PutOutcome;

    /// <summary>What is wrong with where it should go, each with the remedy.</summary>
    public sealed record Refused(params IReadOnlyList<FieldProblem> Problems) : PutOutcome;
}
