using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Catalog;
using Portal.Orders;
using Portal.Stock;
using Portal.Web;

namespace Portal.Buying;

/// <summary>The catalog for those who buy: found, compared and put into an order.</summary>
[Route("buy"), AllowRoles("partner_admin", "purchasing", "sales", "viewer")]
public sealed class BuyController(ShelfPages pages, Favourites favourites, AddToDraft addToDraft, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>The shelf.</summary>
    /// <param name="q">What is looked for.</param>
    /// <param name="line">A product line.</param>
    /// <param name="category">A category.</param>
    /// <param name="colour">A colour.</param>
    /// <param name="only"><c>favourites</c> or <c>ordered</c>.</param>
    /// <param name="after">Where the page before ended: rank, a point, SKU.</param>
    /// <param name="draft">The draft that lines are added to.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index(string? q, string? line, string? category, string? colour, string? only, string? after, string? draft, CancellationToken ct)
    {
        var query = ShelfQuery.Of(q, line, category, colour, only);
        if (after?.Split('.', 2) is [var rank, var sku] && int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            query = query with { AfterRank = place, AfterSku = sku };
        }

        return await pages.PageAsync(query, ct) is { } page
            ? View("ShelfList", page with { Draft = await addToDraft.MeantAsync(Typed.Trimmed(draft), ct), Chosen = Typed.Trimmed(draft), MayOrder = me.Has(BuyerRoles.Purchasing, BuyerRoles.Admin) })
            : View("NoSeller");
    }

    /// <summary>One product.</summary>
    [HttpGet("{sku}")]
    public async Task<IActionResult> Show(string sku, CancellationToken ct) => await pages.ProductAsync(Sku.OfRoute(sku), ct) is { } page
        ? View("ShelfProduct", page with { Draft = await addToDraft.MeantAsync(null, ct), MayOrder = me.Has(BuyerRoles.Purchasing, BuyerRoles.Admin) })
        : NotFound();

    /// <summary>Puts a product into a draft. htmx gets the form anew with what came of it, a browser without script goes back where it was.</summary>
    [HttpPost("lines"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Add(string? sku, string? quantity, string? draft, string? back, CancellationToken ct)
    {
        var outcome = await addToDraft.RunAsync(Typed.Trimmed(draft), [new SkuLine(sku?.Trim() ?? "", SkuLines.Quantity(quantity))], ct);
        if (outcome is OrderOutcome.Forbidden or OrderOutcome.NotFound)
        {
            return outcome is OrderOutcome.Forbidden ? Forbid() : NotFound();
        }

        var done = outcome as OrderOutcome.Done;
        var said = outcome switch
        {
            OrderOutcome.Done => t["buying.added", quantity?.Trim() ?? "", sku ?? "", done!.Number].Value,
            OrderOutcome.Wrong wrong => string.Join(" ", wrong.Problems.Select(problem => t.Say(problem))),
            _ => t["buying.draft_gone"].Value,
        };
        if (!Request.Headers.ContainsKey("HX-Request"))
        {
            this.Flash(done is null ? FlashKind.Problem : FlashKind.Done, said);
            return Url.IsLocalUrl(back) ? LocalRedirect(back) : RedirectToAction(nameof(Index));
        }

        return PartialView("_AddToOrder", new AddForm(sku ?? "", quantity, 1, 1, Typed.Trimmed(draft), back)
        {
            Said = said, IsWrong = done is null, Draft = await addToDraft.MeantAsync(done?.Number ?? Typed.Trimmed(draft), ct), IsAnswer = true,
            Least = int.TryParse(Request.Form["least"], NumberStyles.None, CultureInfo.InvariantCulture, out var least) ? least : 1,
            Multiple = int.TryParse(Request.Form["multiple"], NumberStyles.None, CultureInfo.InvariantCulture, out var multiple) ? multiple : 1,
        });
    }

    /// <summary>Marks a product or takes the mark away.</summary>
    [HttpPost("favourites")]
    public async Task<IActionResult> Mark(string sku, bool marked, string? back, CancellationToken ct)
    {
        if (!await favourites.MarkAsync(sku, marked, ct))
        {
            return NotFound();
        }

        return Request.Headers.ContainsKey("HX-Request")
            ? PartialView("_Favourite", new FavouriteForm(sku, marked, back))
            : Url.IsLocalUrl(back) ? LocalRedirect(back) : RedirectToAction(nameof(Index));
    }
}

/// <summary>The form that puts a product into an order.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">How many, as typed.</param>
/// <param name="Least">The least that is sold.</param>
/// <param name="Multiple">In which multiples.</param>
/// <param name="To">The draft, as the address names it.</param>
/// <param name="Back">Where a browser without script goes afterwards.</param>
public sealed record AddForm(string Sku, string? Quantity, int Least, int Multiple, string? To, string? Back)
{
    /// <summary>What came of it.</summary>
    public string? Said { get; init; }

    /// <summary>It did not go in.</summary>
    public bool IsWrong { get; init; }

    /// <summary>The draft as it is now.</summary>
    public DraftInHand? Draft { get; init; }

    /// <summary>True for the answer to htmx, which also brings the line about the draft up to date.</summary>
    public bool IsAnswer { get; init; }
}

/// <summary>The star at a product.</summary>
/// <param name="Sku">The product.</param>
/// <param name="IsMarked">It is marked.</param>
/// <param name="Back">Where a browser without script goes afterwards.</param>
public sealed record FavouriteForm(string Sku, bool IsMarked, string? Back);

/// <summary>A row as <c>_ShelfRow.cshtml</c> shows it.</summary>
/// <param name="Row">The product with what stands beside it.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="MayOrder">True for those who order.</param>
/// <param name="Draft">The draft, as the address names it.</param>
/// <param name="Back">Where a browser without script goes after it has added something.</param>
/// <param name="LastQuantity">True to offer as many as were bought last.</param>
public sealed record ShelfRowShown(ShelfRow Row, string Currency, bool MayOrder, string? Draft, string Back, bool LastQuantity);
