using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Database;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Stock;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Orders;

/// <summary>Lists of orders from either side, the page of one order, and the page on which one is written.</summary>
[Route("orders")]
public sealed class OrdersController(
    OrderStore orders, OrderWriting writing, OrderPages pages, OrderPricing pricing, PlaceOrder placeOrder, OrderBooks books, ProductFinder finder, OrderLists lists, ShipToAddresses addresses, OrderFromQuote orderFromQuote, LinesFile linesFile, StockStore stock, ICurrentPerson me, Texts t,
    TimeProvider clock, PurchaseLimits limits) : Controller
{
    /// <summary>What one's company has ordered; the brand orders from nobody and sees what it has sold.</summary>
    [HttpGet("")]
    public Task<IActionResult> Index(CancellationToken ct) => me.IsBrand ? Task.FromResult<IActionResult>(RedirectToAction(nameof(Sales))) : ListAsync("buyer", ct);

    /// <summary>What one's company has sold.</summary>
    [HttpGet("sales")]
    public Task<IActionResult> Sales(CancellationToken ct) => ListAsync("seller", ct);

    /// <summary>Every order in the channel, for the brand.</summary>
    [HttpGet("channel"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk")]
    public Task<IActionResult> Channel(CancellationToken ct) => ListAsync("channel", ct);

    /// <summary>A list as an Excel file.</summary>
    [HttpGet("{side:regex(^(buyer|seller|channel)$)}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(string side, CancellationToken ct)
    {
        var list = new OrderList(side, ListQuery.Read(Request, OrderStore.Shape(side)));
        await Response.SendListAsync(t["orders.file." + side], me.PartnerName, clock.GetUtcNow(), OrderColumns.Of(t), orders.StreamAsync(list, ct).Select(row => OrderColumns.Row(row, t)), ct);
    }

    /// <summary>An empty order, or one with the lines of an order or a list.</summary>
    /// <param name="again">The number of an order of one's company that is ordered again.</param>
    /// <param name="list">The number of a list.</param>
    /// <param name="quote">The number of an own quote that was accepted, and whose goods are ordered.</param>
    /// <param name="deal">The number of a deal whose special prices count.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("new"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> New(string? again, string? list, string? quote, string? deal, CancellationToken ct)
    {
        var form = new OrderForm { Deal = deal };
        if (quote is not null)
        {
            switch (await orderFromQuote.FindAsync(quote, ct))
            {
                case null:
                    return NotFound();
                case { Order: { } number }:
                    this.Flash(FlashKind.Note, t["orders.problem.quote_ordered", quote, number]);
                    return RedirectToAction(nameof(Show), new { number });
                case { IsAccepted: false }:
                    this.Flash(FlashKind.Problem, t["orders.problem.quote_not_accepted", quote]);
                    return Redirect("/quotes/" + Uri.EscapeDataString(quote));
                case { } goods:
                    form = new OrderForm { Quote = quote, Deal = goods.Deal, Lines = OrderForm.AsTyped(goods.Lines) };
                    break;
            }
        }

        if (again is not null)
        {
            if (await orders.FindAsync(again, ct) is not { Order.IsBuyer: true } order)
            {
                return NotFound();
            }

            form = OrderForm.Again(order);
        }
        else if (list is not null)
        {
            if (await lists.LinesAsync(list, ct) is not { } lines)
            {
                return NotFound();
            }

            form.Lines = OrderForm.AsTyped(lines);
        }

        return View("OrderForm", await PageAsync(form, null, ct));
    }

    /// <summary>Adds the lines of a file to those that are typed.</summary>
    [HttpPost("lines"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin), RequestSizeLimit(LinesFile.MostBytes + (256 * 1024)), RequestFormLimits(MultipartBodyLengthLimit = LinesFile.MostBytes)]
    public async Task<IActionResult> Lines(OrderForm form, string? draft, IFormFile? file, CancellationToken ct)
    {
        ReadLines read = new([], [t["orders.problem.no_file"]]);
        if (file is not null)
        {
            await using var content = file.OpenReadStream();
            read = await linesFile.ReadAsync(content, file.FileName, t, ct);
        }

        form.Lines = string.Join('\n', new[] { form.Lines?.TrimEnd(), OrderForm.AsTyped(read.Lines) }.Where(lines => !string.IsNullOrEmpty(lines)));
        ModelState.Clear();
        Response.StatusCode = read.Lines.Count == 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        return View("OrderForm", await PageAsync(form, draft, ct) with { Noticed = read.Noticed });
    }

    /// <summary>Takes what was typed: checks it, keeps it as a draft or hands it to the seller.</summary>
    [HttpPost(""), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Create(OrderForm form, CancellationToken ct) => WriteAsync(form, null, submit =>
        string.IsNullOrWhiteSpace(form.Quote) ? placeOrder.CreateAsync(form.Request, submit, ct) : orderFromQuote.CreateAsync(form.Quote, form.Request, submit, ct), ct);

    /// <summary>The checked lines alone, while somebody types.</summary>
    [HttpPost("check"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Check(OrderForm form, CancellationToken ct) => PartialView("_CheckedLines", await CheckedAsync(form, null, ct));

    /// <summary>The product finder's finds alone, while somebody types.</summary>
    [HttpGet("products"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Products(string? find, CancellationToken ct) => PartialView("_FoundProducts", await finder.FindAsync(find, ct));

    /// <summary>One order.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await pages.FindAsync(number, [], ct) is { } page ? View("OrderPage", page) : NotFound();

    /// <summary>A draft, to be changed.</summary>
    [HttpGet("{number}/edit"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) => await orders.FindAsync(number, ct) switch
    {
        { Order: { IsBuyer: true, Status: OrderStatus.Draft } } draft => View("OrderForm", await PageAsync(OrderForm.Of(draft), number, ct)),
        { Order.IsBuyer: true } => RedirectToAction(nameof(Show), new { number }),
        _ => NotFound(),
    };

    /// <summary>Takes what was changed in a draft.</summary>
    [HttpPost("{number}"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Update(string number, OrderForm form, CancellationToken ct) =>
        WriteAsync(form, number, submit => placeOrder.UpdateAsync(number, form.Version, form.Request, submit, ct), ct);

    async Task<IActionResult> WriteAsync(OrderForm form, string? number, Func<bool, Task<OrderOutcome>> write, CancellationToken ct)
    {
        if (form.Act is "list")
        {
            return await KeepListAsync(form, number, ct);
        }

        if (form.Act is not ("save" or "submit"))
        {
            if (form.Add is { } sku)
            {
                form.Lines = (form.Lines ?? "").TrimEnd() is { Length: > 0 } lines ? $"{lines}\n{sku} 1" : $"{sku} 1";
            }

            if (form.Mend is not null)
            {
                form.MendLines(await pricing.CheckAsync(form.Request, ct));
            }

            ModelState.Clear();
            return View("OrderForm", await PageAsync(form, number, ct));
        }

        switch (await write(form.Act is "submit"))
        {
            case OrderOutcome.Done done:
                this.Flash(FlashKind.Done, t[form.Act is "save" ? "orders.kept" : OrderAnswers.SubmittedKey(done), done.Number]);
                return RedirectToAction(nameof(Show), new { number = done.Number });
            case OrderOutcome.Wrong wrong:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("OrderForm", await PageAsync(form, number, ct) with { Refused = [.. wrong.Problems.Where(problem => problem.Line is null)] });
            case OrderOutcome.NotFound:
                return NotFound();
            case OrderOutcome.Forbidden:
                return Forbid();
            default:
                this.Flash(FlashKind.Problem, t["orders.changed_meanwhile"]);
                return RedirectToAction(nameof(Show), new { number });
        }
    }

    async Task<IActionResult> KeepListAsync(OrderForm form, string? number, CancellationToken ct)
    {
        var page = await CheckedAsync(form, number, ct);
        switch (await lists.KeepAsync(form.ListName, page.Checked.Lines, ct))
        {
            case OrderOutcome.Done:
                this.Flash(FlashKind.Done, t["orders.list_kept", form.ListName!.Trim()]);
                ModelState.Clear();
                form.ListName = null;
                return View("OrderForm", await WithHelpAsync(page, ct));
            case OrderOutcome.Wrong wrong:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("OrderForm", await WithHelpAsync(page, ct) with { Refused = wrong.Problems });
            default:
                return Forbid();
        }
    }

    async Task<OrderFormPage> PageAsync(OrderForm form, string? number, CancellationToken ct) => await WithHelpAsync(await CheckedAsync(form, number, ct), ct);

    async Task<OrderFormPage> CheckedAsync(OrderForm form, string? number, CancellationToken ct)
    {
        var found = await pricing.CheckAsync(form.Request, ct);
        var offered = await stock.OfferedAsync([.. found.Lines.Select(line => line.ProductId).OfType<long>()], ct);
        return new(form, found, offered.ToDictionary(row => row.ProductId), number)
        {
            Credit = await books.PreviewAsync(found, ct),
            Approval = found.Parties is { } parties ? await limits.NeededAsync(parties, found.Total, ct) : null,
            PoNumberUsedBy = found.Request.PoNumber is { } po && await writing.NumberOfAsync(po, ct) is { } used && used != number ? used : null,
        };
    }

    // What stands beside the lines; not read anew while somebody types them.
    async Task<OrderFormPage> WithHelpAsync(OrderFormPage page, CancellationToken ct) =>
        page with { Found = await finder.FindAsync(page.Form.Find, ct), Lists = await lists.AllAsync(ct), Addresses = await addresses.AllAsync(ct) };

    async Task<IActionResult> ListAsync(string side, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, OrderStore.Shape(side));
        return View("OrderList", new OrderListPage(side, query, await orders.ListAsync(new(side, query), ct)));
    }
}

/// <summary>A list of orders.</summary>
/// <param name="Side"><c>buyer</c>, <c>seller</c> or <c>channel</c>.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
public sealed record OrderListPage(string Side, ListQuery Query, ListPage<OrderRow> Page);

/// <summary>Finds products by SKU or name while an order is written.</summary>
public sealed class ProductFinder(Db db, TimeProvider clock)
{
    /// <summary>The best finds of what the own upstream sells to the own company; nothing for fewer than two characters.</summary>
    public async Task<IReadOnlyList<FoundProduct>> FindAsync(string? words, CancellationToken ct) => words?.Trim() is not { Length: >= 2 } typed ? [] : await db.ListAsync<FoundProduct>("""
        with found as (
            select product_id, sku, name, coalesce(name_zh, name) as name_zh
            from product
            where status = 'active' and search_text like @within
            order by sku ilike @beginning desc, sku
            limit 40)
        select f.sku, f.name, f.name_zh, ((t.min_quantity + t.order_multiple - 1) / t.order_multiple) * t.order_multiple as least
        from found f
        join partner b on b.partner_id = app_partner_id()
        join terms_of_sale(b.partner_id, b.upstream_id, brand_day(@now), array(select sku from found)) t on t.product_id = f.product_id
        where t.is_sellable
        order by f.sku ilike @beginning desc, f.sku
        limit 8
        """, new { now = clock.GetUtcNow().UtcDateTime, within = LikePattern.Within(typed.ToLowerInvariant()), beginning = LikePattern.Beginning(typed) }, ct);
}

/// <summary>The columns of an exported list of orders.</summary>
static class OrderColumns
{
    public static IReadOnlyList<TableColumn> Of(Texts t) =>
    [
        new(t["orders.number"], Width: 21), new(t["orders.po_number"]), new(t["orders.external_number"]), new(t["orders.ordered_on"], TableColumnKind.Date, 12),
        new(t["orders.buyer"], Width: 30), new(t["orders.seller"], Width: 30), new(t["orders.lines"], TableColumnKind.Number, 9, 0),
        new(t["orders.total"], TableColumnKind.Number, 16), new(t["orders.currency"], Width: 10), new(t["orders.status"], Width: 18), new(t["orders.ship_to"], Width: 24),
    ];

    public static IReadOnlyList<object?> Row(OrderRow row, Texts t) =>
        [row.Number, row.PoNumber, row.ExternalNumber, row.OrderedOn, row.BuyerName, row.SellerName, row.LineCount, row.TotalAmount, row.Currency, t["orders.status." + row.Status].Value, row.ShipTo];
}
