using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Pricing;

/// <summary>Price books and what stands in them. A partner sees the books it sells by; what it buys at stands with the products.</summary>
[Route("prices")]
public sealed class PriceBooksController(PriceBookStore books, PriceRuleStore rules, AddPriceBook addPriceBook, EditPriceBook editPriceBook, SetPrice setPrice, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The books.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, PriceBookStore.Shape);
        return View("PriceBookList", new PriceBookListPage(query, await books.PageAsync(query, me.Today(clock), ct), me.Has(PricingWords.Keepers)));
    }

    /// <summary>The books as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task ExportBooks(CancellationToken ct) => Response.SendListAsync(t["pricing.books"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["pricing.code"]), new(t["pricing.name"], Width: 30), new(t["pricing.seller"], Width: 30), new(t["pricing.kind"]), new(t["pricing.currency"], Width: 10), new(t["pricing.for_whom"], Width: 40),
            new(t["pricing.book.entries"], TableColumnKind.Number, 10, 0), new(t["pricing.from"], TableColumnKind.Date, 12), new(t["pricing.until"], TableColumnKind.Date, 12), new(t["pricing.state"]),
        ],
        ListQuery.Read(Request, PriceBookStore.Shape).AllAsync(query => books.PageAsync(query, me.Today(clock), ct)).Select(IReadOnlyList<object?> (book) =>
        [
            book.Code, Languages.Current is "zh-CN" ? book.NameZh ?? book.Name : book.Name, book.SellerName, t[$"pricing.kind.{book.Kind}"].Value, book.Currency, PricingWords.ForWhom(book, t), book.Entries, book.ValidFrom, book.ValidUntil,
            t[$"pricing.state.{book.State}"].Value,
        ]), ct);

    /// <summary>One book.</summary>
    [HttpGet("books/{seller}/{code}")]
    public async Task<IActionResult> Show(string seller, string code, CancellationToken ct) =>
        await books.FindAsync(seller, code, me.Today(clock), ct) is { } book ? View("PriceBookPage", await PageAsync(book, new PriceForm { From = me.Today(clock) }, ct)) : NotFound();

    /// <summary>The prices of a book as a workbook.</summary>
    [HttpGet("books/{seller}/{code}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string seller, string code, CancellationToken ct)
    {
        if (await books.FindAsync(seller, code, me.Today(clock), ct) is not { } book)
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, PriceBookStore.EntryShape);
        await Response.SendListAsync(book.Code, book.SellerName, clock.GetUtcNow(),
        [
            new(t["pricing.sku"]), new(t["pricing.product"], Width: 40), new(t["pricing.book.unit"], Width: 10), new(t["pricing.unit_price"], TableColumnKind.Number, Decimals: Currencies.MinorUnits(book.Currency)),
            new(t["pricing.currency"], Width: 10), new(t["pricing.from"], TableColumnKind.Date, 12), new(t["pricing.until"], TableColumnKind.Date, 12),
        ], Rows(books.AllEntriesAsync(book.PriceBookId, query, On(query), ct), book), ct);
        return new EmptyResult();
    }

    /// <summary>The form for a new book.</summary>
    [HttpGet("books/new")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public Task<IActionResult> New(CancellationToken ct) => FormAsync(new PriceBookFacts { Kind = "net", Audience = "partners", Currency = me.Currency, From = me.Today(clock) }, null, ct);

    /// <summary>Opens it.</summary>
    [HttpPost("books")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    [Idempotent]
    public async Task<IActionResult> Create([FromForm(Name = "Facts")] PriceBookFacts facts, CancellationToken ct)
    {
        var outcome = ModelState.IsValid ? await addPriceBook.RunAsync(facts, ct) : new PricingOutcome.Refused();
        if (outcome is PricingOutcome.Done)
        {
            this.Flash(FlashKind.Done, t["pricing.book.added", facts.Name ?? ""]);
            return RedirectToAction(nameof(Show), new { seller = me.PartnerNumber, code = facts.Tidied().Code });
        }

        this.Explain(outcome, "Facts.", t);
        return await FormAsync(facts, null, ct);
    }

    /// <summary>The form of a book that is there.</summary>
    [HttpGet("books/{seller}/{code}/edit")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public async Task<IActionResult> Edit(string seller, string code, CancellationToken ct) =>
        await FindOwnAsync(seller, code, ct) is { } book
            ? await FormAsync(new PriceBookFacts { Name = book.Name, NameZh = book.NameZh, Until = book.ValidUntil, Priority = book.Priority }, book, ct)
            : NotFound();

    /// <summary>Changes what may still change of it.</summary>
    [HttpPost("books/{seller}/{code}")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public async Task<IActionResult> Update(string seller, string code, int version, [FromForm(Name = "Facts")] PriceBookFacts facts, CancellationToken ct)
    {
        if (await FindOwnAsync(seller, code, ct) is not { } book)
        {
            return NotFound();
        }

        var outcome = ModelState.IsValid ? await editPriceBook.RunAsync(book, version, facts, ct) : new PricingOutcome.Refused();
        if (outcome is PricingOutcome.Done)
        {
            this.Flash(FlashKind.Done, t["pricing.book.changed", facts.Name ?? ""]);
            return RedirectToAction(nameof(Show), new { seller, code });
        }

        this.Explain(outcome, "Facts.", t);
        return await FormAsync(facts, book, ct);
    }

    /// <summary>Writes one price.</summary>
    [HttpPost("books/{seller}/{code}/prices")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public async Task<IActionResult> SetPrice(string seller, string code, [FromForm(Name = "Form")] PriceForm form, CancellationToken ct)
    {
        if (await FindOwnAsync(seller, code, ct) is not { } book)
        {
            return NotFound();
        }

        var outcome = ModelState.IsValid ? await setPrice.RunAsync(book, form, me.Today(clock), ct) : new PricingOutcome.Refused();
        if (outcome is PricingOutcome.Done)
        {
            this.Flash(FlashKind.Done, t["pricing.price_set", form.Sku ?? ""]);
            return RedirectToAction(nameof(Show), new { seller, code });
        }

        this.Explain(outcome, "Form.", t);
        return View("PriceBookPage", await PageAsync(book, form, ct));
    }

    async Task<PriceBook?> FindOwnAsync(string seller, string code, CancellationToken ct) =>
        await books.FindAsync(seller, code, me.Today(clock), ct) is { IsOwn: true } book ? book : null;

    async Task<PriceBookPage> PageAsync(PriceBook book, PriceForm form, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, PriceBookStore.EntryShape);
        return new(book, query, await books.EntriesAsync(book.PriceBookId, query, On(query), ct), form, book.IsOwn && me.Has(PricingWords.Keepers));
    }

    DateOnly On(ListQuery query) => query.Day("on") ?? me.Today(clock);

    async Task<IActionResult> FormAsync(PriceBookFacts facts, PriceBook? book, CancellationToken ct) => View("PriceBookForm", new PriceBookFormPage(facts, book, await rules.TerritoriesAsync(ct)));

    static async IAsyncEnumerable<IReadOnlyList<object?>> Rows(IAsyncEnumerable<PriceBookEntry> entries, PriceBook book)
    {
        await foreach (var entry in entries)
        {
            yield return [entry.Sku, Languages.Current == "zh-CN" ? entry.NameZh : entry.Name, entry.Unit, entry.UnitPrice, book.Currency, entry.ValidFrom, entry.ValidUntil];
        }
    }
}

/// <summary>The books as <c>PriceBookList.cshtml</c> shows them.</summary>
public sealed record PriceBookListPage(ListQuery Query, ListPage<PriceBook> Page, bool MayAdd);

/// <summary>A book as <c>PriceBookPage.cshtml</c> shows it.</summary>
public sealed record PriceBookPage(PriceBook Book, ListQuery Query, ListPage<PriceBookEntry> Page, PriceForm Form, bool MayChange);

/// <summary>The form as <c>PriceBookForm.cshtml</c> shows it.</summary>
public sealed record PriceBookFormPage(PriceBookFacts Facts, PriceBook? Book, IReadOnlyList<LineName> Territories);
