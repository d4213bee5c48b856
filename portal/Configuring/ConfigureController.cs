using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Quotes;
using Portal.Stock;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Configuring;

/// <summary>Configuring: what there is to configure, one configuration in the making, and those that were made.</summary>
[Route("configure")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "purchasing")]
public sealed class ConfigureController(BundleStore bundles, ConfigurationStore configurations, Configure configure, QuoteStore quotes, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>What can be configured today.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("BundleChoice", new BundleChoicePage(await bundles.OfferedAsync(ct), me.IsBrand));

    /// <summary>The page on which one is configured: anew, or as a configuration was made.</summary>
    /// <param name="code">The bundle.</param>
    /// <param name="from">The number of a configuration to begin from.</param>
    /// <param name="quote">The quote it goes into, where that is known.</param>
    /// <param name="order">The order it goes into, where that is known.</param>
    /// <param name="customer">The customer it is for, where that is known.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{code}")]
    public async Task<IActionResult> New(string code, string? from, string? quote, string? order, string? customer, CancellationToken ct)
    {
        var earlier = from is null ? null : await configurations.FindAsync(from, ct);
        if (from is not null && earlier is not { IsOwn: true })
        {
            return NotFound();
        }

        var form = new ConfigureForm
        {
            Own = order is not null || !configure.MayQuote, Replaces = earlier?.Number, Quote = quote ?? earlier?.Uses.FirstOrDefault(use => use is { Kind: "quote", Status: "draft" })?.Number,
            Order = order ?? earlier?.Uses.FirstOrDefault(use => use is { Kind: "order", Status: "draft" })?.Number, Customer = customer,
        };
        return await configure.CheckAsync(code, earlier?.Wish, form.Own, ct) is { } priced ? View("ConfigureForm", await PageAsync(form, earlier?.Wish ?? Configurator.First(priced.Made.Bundle), priced, [], ct)) : NotFound();
    }

    /// <summary>Looks again at what is chosen, after a remedy where one was pressed. A browser without script gets the page, htmx what it comes to.</summary>
    [HttpPost("{code}")]
    public async Task<IActionResult> Check(string code, CancellationToken ct)
    {
        var form = ConfigureForm.Read(Request.Form);
        var wish = Remedy.Read(form.Mend) is { } remedy ? form.Wish.With(remedy) : form.Wish;
        if (await configure.CheckAsync(code, wish, form.Own, ct) is not { } priced)
        {
            return NotFound();
        }

        // What it comes to has no list of drafts and customers in it.
        return Request.Headers.ContainsKey("HX-Request") ? PartialView("_Configured", new ConfigurePage(form, wish, priced, [])) : View("ConfigureForm", await PageAsync(form, wish, priced, [], ct));
    }

    /// <summary>Puts it into a quote.</summary>
    [HttpPost("{code}/quote"), Idempotent]
    public async Task<IActionResult> Quote(string code, CancellationToken ct)
    {
        var form = ConfigureForm.Read(Request.Form);
        return await AnswerAsync(code, form, form.Quote is null && form.Customer is null
            ? new PutOutcome.Refused(new FieldProblem("customer", "configuring.problem.customer"))
            : await configure.IntoQuoteAsync(code, form.Wish, new(form.Quote, form.Customer) { Replaces = form.Replaces }, ct), ct);
    }

    /// <summary>Puts it into an order that is a draft.</summary>
    [HttpPost("{code}/order"), Idempotent]
    public async Task<IActionResult> Order(string code, CancellationToken ct)
    {
        var form = ConfigureForm.Read(Request.Form);
        return await AnswerAsync(code, form, await configure.IntoOrderAsync(code, form.Wish, form.Order, form.Replaces, ct), ct);
    }

    /// <summary>The configurations that were made.</summary>
    [HttpGet("made")]
    public async Task<IActionResult> Made(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ConfigurationStore.Shape);
        return View("ConfigurationList", new ConfigurationListPage(query, await configurations.PageAsync(query, ct)));
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("made/export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["configuring.configurations"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["configuring.number"], Width: 21), new(t["configuring.bundle"], Width: 34), new(t["configuring.version"], TableColumnKind.Number, 10, 0), new(t["configuring.units"], TableColumnKind.Number, 10, 0), new(t["configuring.seats"], TableColumnKind.Number, 10, 0),
            new(t["configuring.partner"], Width: 30), new(t["configuring.made_by"], Width: 20), new(t["configuring.made_at"], TableColumnKind.Time, 18),
        ],
        configurations.StreamAsync(ListQuery.Read(Request, ConfigurationStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
            [row.Number, BundleWords.Pick(row.Name, row.NameZh), row.Version, row.Units, row.Seats, row.Partner, row.MadeBy, Formats.In(row.CreatedAt, Formats.Zone(me.TimeZone))]), ct);

    /// <summary>One configuration, and what would have to change if it were made today.</summary>
    [HttpGet("made/{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await configurations.FindAsync(number, ct) is not { } configuration || await bundles.OfKeyAsync(configuration.BundleVersionId, ct) is not { } then)
        {
            return NotFound();
        }

        var now = await bundles.CurrentAsync(configuration.Code, ct);
        return View("ConfigurationPage", new ConfigurationPage(configuration, then, now is null ? null : Configurator.Check(now, configuration.Wish)));
    }

    async Task<IActionResult> AnswerAsync(string code, ConfigureForm form, PutOutcome outcome, CancellationToken ct)
    {
        switch (outcome)
        {
            case PutOutcome.Done done:
                this.Flash(FlashKind.Done, t[done.Into is "quote" ? "configuring.put_into_quote" : "configuring.put_into_order", done.Configuration, done.Number]);
                return Redirect(done.Into is "quote" ? "/quotes/" + done.Number : "/orders/" + done.Number);
            case PutOutcome.Forbidden:
                return Forbid();
            case PutOutcome.NotFound:
                return NotFound();
        }

        if (await configure.CheckAsync(code, form.Wish, form.Own, ct) is not { } priced)
        {
            return NotFound();
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("ConfigureForm", await PageAsync(form, form.Wish, priced, outcome is PutOutcome.Refused(var problems) ? [.. problems.Select(problem => Said(problem, priced))] : [], ct));
    }

    // A problem of a line is said with its product.
    string Said(FieldProblem problem, PricedConfiguration priced) =>
        problem.Field.StartsWith("lines[", StringComparison.Ordinal) && int.TryParse(problem.Field.AsSpan(6, problem.Field.IndexOf(']', StringComparison.Ordinal) - 6), CultureInfo.InvariantCulture, out var at) && at < priced.Made.Lines.Count
            ? $"{BundleWords.Pick(priced.Made.Lines[at].Name, priced.Made.Lines[at].NameZh)}: {problem.Text(t)}"
            : problem.Text(t);

    async Task<ConfigurePage> PageAsync(ConfigureForm form, Wish wish, PricedConfiguration priced, IReadOnlyList<string> problems, CancellationToken ct) => new(form, wish, priced, problems)
    {
        MayQuote = configure.MayQuote, MayOrder = configure.MayOrder,
        Quotes = configure.MayQuote ? await configurations.QuoteDraftsAsync(ct) : [], Customers = configure.MayQuote ? await quotes.CustomersAsync(ct) : [], Orders = configure.MayOrder ? await configurations.OrderDraftsAsync(ct) : [],
    };
}

/// <summary>What there is to configure.</summary>
public sealed record BundleChoicePage(IReadOnlyList<BundleRow> Bundles, bool IsBrand);

/// <summary>One configuration in the making.</summary>
/// <param name="Form">Where it goes.</param>
/// <param name="Wish">What is chosen.</param>
/// <param name="Priced">What it comes to.</param>
/// <param name="Problems">Why it was not put anywhere.</param>
public sealed record ConfigurePage(ConfigureForm Form, Wish Wish, PricedConfiguration Priced, IReadOnlyList<string> Problems)
{
    /// <summary>The person may put it into a quote.</summary>
    public bool MayQuote { get; init; }

    /// <summary>The person may put it into an order.</summary>
    public bool MayOrder { get; init; }

    /// <summary>Quotes that are drafts.</summary>
    public IReadOnlyList<DraftToPutInto> Quotes { get; init; } = [];

    /// <summary>Whom one can quote to.</summary>
    public IReadOnlyList<QuoteCustomer> Customers { get; init; } = [];

    /// <summary>Orders that are drafts.</summary>
    public IReadOnlyList<DraftToPutInto> Orders { get; init; } = [];

    /// <summary>The version that is configured.</summary>
    public Bundle Bundle => Priced.Made.Bundle;
}

/// <summary>The list of configurations.</summary>
public sealed record ConfigurationListPage(ListQuery Query, ListPage<ConfigurationRow> Rows);

/// <summary>One configuration.</summary>
/// <param name="Configuration">As it was made.</param>
/// <param name="Then">The version it was made by.</param>
/// <param name="Now">The same choice against the version of today; null where it cannot be configured any more.</param>
public sealed record ConfigurationPage(Configuration Configuration, Bundle Then, Configured? Now);

/// <summary>
/// What the configuring page sends. Options are read by the names of their products, which no binder knows: <c>option</c> for each that is ticked, <c>pick.GROUP</c> for a choice of one, <c>quantity.SKU</c> for a quantity.
/// </summary>
public sealed record ConfigureForm
{
    /// <summary>Priced as the own company buys it.</summary>
    public bool Own { get; init; }

    /// <summary>The draft it goes into; null for a new quote.</summary>
    public string? Quote { get; init; }

    /// <summary>The customer of a new quote.</summary>
    public string? Customer { get; init; }

    /// <summary>The draft it goes into; null for a new order.</summary>
    public string? Order { get; init; }

    /// <summary>The configuration it takes the place of.</summary>
    public string? Replaces { get; init; }

    /// <summary>The remedy that was pressed.</summary>
    public string? Mend { get; init; }

    /// <summary>What is chosen.</summary>
    public Wish Wish { get; init; } = new(1, null, [], new Dictionary<string, decimal?>(StringComparer.Ordinal));

    /// <summary>Reads what was sent.</summary>
    public static ConfigureForm Read(IFormCollection sent)
    {
        string? Text(string name) => string.IsNullOrWhiteSpace(sent[name]) ? null : sent[name].ToString().Trim();
        var picked = sent.Where(field => field.Key.StartsWith("pick.", StringComparison.Ordinal)).SelectMany(field => field.Value);
        return new()
        {
            Own = Text("own") is "true", Quote = Text("quote"), Customer = Text("customer"), Order = Text("order"), Replaces = Text("replaces"), Mend = Text("mend"),
            Wish = new(SkuLines.Quantity(Text("units")), SkuLines.Quantity(Text("seats")), [.. sent["option"].Concat(picked).OfType<string>().Where(sku => sku.Length > 0).Take(2 * BundleFacts.MostOptions).Distinct(StringComparer.Ordinal)],
                sent.Where(field => field.Key.StartsWith("quantity.", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(field.Value))
                    .ToDictionary(field => field.Key["quantity.".Length..], decimal? (field) => SkuLines.Quantity(field.Value) ?? -1, StringComparer.Ordinal)),
        };
    }
}
