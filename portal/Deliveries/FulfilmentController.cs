using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Charts;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Deliveries;

/// <summary>The fill rate: figures by month, partner and product line, and the lines behind each of them.</summary>
[Route("deliveries/" + DeliverySide.Route + "/fulfilment"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "purchasing", "sales", "viewer")]
public sealed class FulfilmentController(Fulfilment fulfilment, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The figures.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, Fulfilment.Shape(side));
        var asked = FulfilmentAsked.Of(side, query, await fulfilment.TodayAsync(ct));
        return View("FulfilmentPage", new FulfilmentPage(side, query, asked, await fulfilment.FiguresAsync(asked, query.OrderBy, ct), t));
    }

    /// <summary>The figures as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, Fulfilment.Shape(side));
        var asked = FulfilmentAsked.Of(side, query, await fulfilment.TodayAsync(ct));
        var figures = await fulfilment.FiguresAsync(asked, query.OrderBy, ct);
        await Response.SendListAsync(t["deliveries.fulfilment"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["deliveries.by." + asked.By], Width: 30), new(t["deliveries.pieces_ordered"], TableColumnKind.Number, 12, 0), new(t["deliveries.pieces_in_time"], TableColumnKind.Number, 12, 0), new(t["deliveries.fill_rate"], TableColumnKind.Percent),
                new(t["deliveries.on_time_rate"], TableColumnKind.Percent), new(t["deliveries.lines_count"], TableColumnKind.Number, 10, 0), new(t["deliveries.line_fill_rate"], TableColumnKind.Percent),
                new(t["deliveries.orders"], TableColumnKind.Number, 10, 0), new(t["deliveries.order_fill_rate"], TableColumnKind.Percent), new(t["deliveries.on_time_in_full"], TableColumnKind.Percent),
            ],
            figures.Rows.Append(figures.Total).OfType<FulfilmentRow>().ToAsyncEnumerable().Select(IReadOnlyList<object?> (row) =>
                [FulfilmentPage.Named(row, asked.By, t), row.Wanted, row.InTime, row.FillRate, row.OnTimeRate, row.Lines, row.LineFillRate, row.Orders, row.OrderFillRate, row.OnTimeInFull]), ct);
        return new EmptyResult();
    }

    /// <summary>The lines behind the figures.</summary>
    [HttpGet("lines")]
    public async Task<IActionResult> Lines(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, Fulfilment.LineShape(side));
        return View("FulfilmentLines", new FulfilmentLinesPage(side, query, await fulfilment.LinesAsync(FulfilmentAsked.Of(side, query, await fulfilment.TodayAsync(ct)), query, ct)));
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("lines/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportLines(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, Fulfilment.LineShape(side));
        var asked = FulfilmentAsked.Of(side, query, await fulfilment.TodayAsync(ct));
        await Response.SendListAsync(t["deliveries.measured_lines"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["deliveries.order"], Width: 21), new(t["deliveries.line"], TableColumnKind.Number, 8, 0), new(t["deliveries.buyer"], Width: 30), new(t["deliveries.seller"], Width: 30), new(t["deliveries.sku"], Width: 18),
                new(t["deliveries.product"], Width: 40), new(t["deliveries.due_on"], TableColumnKind.Date, 12), new(t["deliveries.pieces_ordered"], TableColumnKind.Number, 12, 0), new(t["deliveries.pieces_in_time"], TableColumnKind.Number, 12, 0),
                new(t["deliveries.pieces_sent"], TableColumnKind.Number, 12, 0), new(t["deliveries.lost"], TableColumnKind.Number, 12, 0), new(t["deliveries.result"], Width: 22),
            ],
            fulfilment.StreamLinesAsync(asked, query, ct).Select(IReadOnlyList<object?> (row) =>
                [row.Number, row.LineNumber, row.BuyerName, row.SellerName, row.Sku, Orders.OrderWords.Name(row.Name, row.NameZh), row.DueOn, row.Wanted, row.InTime, row.Shipped, row.Lost, t["deliveries.result." + row.Result].Value]), ct);
        return new EmptyResult();
    }
}

/// <summary>The page of figures.</summary>
/// <param name="Side">One of <see cref="DeliverySide"/>.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Asked">The same, understood.</param>
/// <param name="Figures">The figures.</param>
/// <param name="Texts">The reader's language.</param>
public sealed record FulfilmentPage(string Side, ListQuery Query, FulfilmentAsked Asked, FulfilmentFigures Figures, Texts Texts)
{
    const int MostBars = 15;

    /// <summary>The groups of the page that is shown.</summary>
    public IReadOnlyList<FulfilmentRow> Rows => [.. Figures.Rows.Skip((int)Math.Min(Query.Offset, int.MaxValue)).Take(Query.Limit)];

    /// <summary>The three rates as a picture: over the months, or for the first groups.</summary>
    public Chart Picture
    {
        get
        {
            var shown = (Asked.By is "month" ? Figures.Rows.OrderBy(row => row.Key) : Figures.Rows.Take(MostBars)).ToList();
            var kind = Asked.By is "month" ? ChartKind.Line : ChartKind.Bar;
            ChartSeries Series(string key, Func<FulfilmentRow, decimal?> rate) => new(Texts[key], [.. shown.Select(row => rate(row) is { } share ? decimal.Round(share * 100, 1) : (decimal?)null)]) { Kind = kind };
            return new([.. shown.Select(row => Named(row, Asked.By, Texts))],
                [Series("deliveries.fill_rate", row => row.FillRate), Series("deliveries.on_time_rate", row => row.OnTimeRate), Series("deliveries.on_time_in_full", row => row.OnTimeInFull)]) { Unit = "%", Decimals = 1 };
        }
    }

    /// <summary>How a group is called.</summary>
    public static string Named(FulfilmentRow row, string by, Texts t) => row switch
    {
        { IsTotal: true } => t["deliveries.total"],
        _ when by is "month" => Month(row).ToString(CultureInfo.CurrentCulture.DateTimeFormat.YearMonthPattern, CultureInfo.CurrentCulture),
        _ when by is "line" => Orders.OrderWords.Name(row.Name ?? "–", row.OtherName ?? row.Name ?? "–"),
        _ => row.Name is { } name ? Formats.Company(name, row.OtherName) : "–",
    };

    /// <summary>The address of the lines behind a group.</summary>
    /// <param name="row">The group, or the total.</param>
    /// <param name="result">Only those of which this became; null for all.</param>
    public string Lines(FulfilmentRow row, string? result = null)
    {
        var (from, to, seller, buyer, line) = (Asked.From, Asked.To, Asked.Seller, Asked.Buyer, Asked.Line);
        if (!row.IsTotal)
        {
            switch (Asked.By)
            {
                case "month":
                    var (first, last) = (Month(row), Month(row).AddMonths(1).AddDays(-1));
                    (from, to) = (from > first ? from : first, to < last ? to : last);
                    break;
                case "seller":
                    seller = row.Code;
                    break;
                case "buyer":
                    buyer = row.Code;
                    break;
                default:
                    line = row.Code;
                    break;
            }
        }

        var query = new QueryBuilder { { "from", Day(from) }, { "to", Day(to) } };
        foreach (var (name, value) in new[] { ("seller", seller), ("buyer", buyer), ("line", line), ("result", result), ("promise", Asked.Agreed ? "agreed" : null) })
        {
            if (value is not null)
            {
                query.Add(name, value);
            }
        }

        return $"/deliveries/{Side}/fulfilment/lines{query}";
    }

    static DateOnly Month(FulfilmentRow row) => new((int)(row.Key!.Value / 100), (int)(row.Key.Value % 100), 1);

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>The page of lines behind the figures.</summary>
/// <param name="Side">One of <see cref="DeliverySide"/>.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
public sealed record FulfilmentLinesPage(string Side, ListQuery Query, ListPage<MeasuredLine> Page);
