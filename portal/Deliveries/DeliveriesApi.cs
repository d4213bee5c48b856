using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Deliveries;

/// <summary>Order lines, shipments, receipts, what is due when, and the fill rate, for programs.</summary>
[ApiController]
[Route("api/v1/deliveries/" + DeliverySide.Route), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "purchasing", "sales", "viewer")]
public sealed class DeliveriesApi(
    OrderLines lines, Shipments shipments, GoodsReceipts receipts, DeliveryCalendar calendar, Fulfilment fulfilment, ICurrentPerson me, Texts t, IConfiguration settings, TimeProvider clock) : ControllerBase
{
    const int MostDays = 366;

    /// <summary>The lines of orders that were handed in, the newest orders first.</summary>
    /// <param name="side"><c>buyer</c> (what one ordered), <c>seller</c> (what one sold) or, for the brand, <c>channel</c>.</param>
    /// <param name="page">Which page.</param>
    /// <param name="state"><c>open</c>, <c>late</c>, <c>in_transit</c> or <c>done</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("lines")]
    public async Task<IActionResult> Lines(string side, [FromQuery] PageRequest page, string? state = null, CancellationToken ct = default) =>
        !DeliverySide.IsOpenTo(me, side) ? ApiProblem.NotFound
        : !page.TryReadCursor<LineCursor>(out var after) ? PageRequest.BadCursor
        : state is not null && !OrderLines.States.Contains(state) ? ApiProblem.Invalid(new FieldProblem("state", "deliveries.problem.state", string.Join(", ", OrderLines.States)))
        : Ok(page.Cut(await lines.AfterAsync(side, state, after, page.Take(), ct), row => new LineCursor(row.Number, row.LineNumber)));

    /// <summary>The shipments, the newest first.</summary>
    /// <param name="side">As for lines.</param>
    /// <param name="page">Which page.</param>
    /// <param name="state"><c>in_transit</c> or <c>arrived</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("shipments")]
    public async Task<IActionResult> ListShipments(string side, [FromQuery] PageRequest page, string? state = null, CancellationToken ct = default) =>
        !DeliverySide.IsOpenTo(me, side) ? ApiProblem.NotFound
        : !page.TryReadCursor<DocumentCursor>(out var after) ? PageRequest.BadCursor
        : state is not (null or "in_transit" or "arrived") ? ApiProblem.Invalid(new FieldProblem("state", "deliveries.problem.state", "in_transit, arrived"))
        : Ok(page.Cut(await shipments.AfterAsync(side, state, after?.Number, page.Take(), ct), row => new DocumentCursor(row.Number)));

    /// <summary>The goods receipts, the newest first.</summary>
    /// <param name="side">As for lines.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("receipts")]
    public async Task<IActionResult> ListReceipts(string side, [FromQuery] PageRequest page, CancellationToken ct) =>
        !DeliverySide.IsOpenTo(me, side) ? ApiProblem.NotFound
        : !page.TryReadCursor<DocumentCursor>(out var after) ? PageRequest.BadCursor
        : Ok(page.Cut(await receipts.AfterAsync(side, after?.Number, page.Take(), ct), row => new DocumentCursor(row.Number)));

    /// <summary>What is due from one day to another, by day and by order.</summary>
    /// <param name="side">As for lines.</param>
    /// <param name="from">The first day; today where nothing is said.</param>
    /// <param name="to">The last day; 30 days later where nothing is said, 366 at most.</param>
    /// <param name="partner">Only with this other side, by its number.</param>
    /// <param name="place">Only to this ship-to address, by its name.</param>
    /// <param name="state"><c>open</c>, <c>late</c> or <c>done</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("calendar")]
    public async Task<IActionResult> Calendar(string side, DateOnly? from = null, DateOnly? to = null, string? partner = null, string? place = null, string? state = null, CancellationToken ct = default)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return ApiProblem.NotFound;
        }

        if (state is not null && !CalendarAsked.States.Contains(state))
        {
            return ApiProblem.Invalid(new FieldProblem("state", "deliveries.problem.state", string.Join(", ", CalendarAsked.States)));
        }

        var today = await calendar.TodayAsync(ct);
        var first = from ?? today;
        if (to is { } last && (last < first || last.DayNumber - first.DayNumber > MostDays) || first > DateOnly.MaxValue.AddDays(-MostDays))
        {
            return ApiProblem.Invalid(new FieldProblem("to", "deliveries.problem.span", MostDays));
        }

        var asked = new CalendarAsked(side, first, to ?? first.AddDays(30), today, partner, place, state);
        return Ok(new { from = asked.First, to = asked.Last, days = await calendar.DaysAsync(asked, ct), orders = await calendar.OrdersAsync(asked, ct) });
    }

    /// <summary>The calendar as iCalendar (RFC 5545), from a month back to a year ahead.</summary>
    [HttpGet("calendar.ics"), EnableRateLimiting(RateLimits.Costly), Produces("text/calendar")]
    public async Task<IActionResult> Feed(string side, CancellationToken ct) =>
        DeliverySide.IsOpenTo(me, side) ? await CalendarController.FeedAsync(calendar, side, default, settings, clock, t, ct) : ApiProblem.NotFound;

    /// <summary>The fill rate and what belongs to it, by month, seller, buyer or product line.</summary>
    /// <param name="side">As for lines.</param>
    /// <param name="by"><c>month</c>, <c>seller</c>, <c>buyer</c> or <c>line</c>.</param>
    /// <param name="from">The first day on which something was due; the first of eleven months ago where nothing is said.</param>
    /// <param name="to">The last day.</param>
    /// <param name="seller">Only this seller, by its number.</param>
    /// <param name="buyer">Only this buyer.</param>
    /// <param name="line">Only this product line, by its code.</param>
    /// <param name="promise"><c>first</c>: by the day promised first; <c>agreed</c>: by the day last agreed on.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("fulfilment")]
    public async Task<IActionResult> Rates(
        string side, string by = "month", DateOnly? from = null, DateOnly? to = null, string? seller = null, string? buyer = null, string? line = null, string promise = "first", CancellationToken ct = default)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return ApiProblem.NotFound;
        }

        if (!Fulfilment.Groups.ContainsKey(by))
        {
            return ApiProblem.Invalid(new FieldProblem("by", "deliveries.problem.by", string.Join(", ", Fulfilment.Groups.Keys)));
        }

        if (promise is not ("first" or "agreed"))
        {
            return ApiProblem.Invalid(new FieldProblem("promise", "deliveries.problem.promise"));
        }

        var today = await fulfilment.TodayAsync(ct);
        var asked = new FulfilmentAsked(side, by, from ?? FulfilmentAsked.FirstDay(today), to ?? today, today, seller, buyer, line, promise is "agreed");
        var figures = await fulfilment.FiguresAsync(asked, "g.key", ct);
        return Ok(new { asked.From, asked.To, by, promise, withoutDay = figures.Undated, total = figures.Total is { } total ? FulfilmentAnswer.Of(total, by) : null, items = figures.Rows.Select(row => FulfilmentAnswer.Of(row, by)) });
    }
}

/// <summary>The figures of a group, as the API tells them; shares from 0 to 1.</summary>
/// <param name="Group">The month (<c>2026-11</c>), the partner's number or the product line's code; absent for all of it.</param>
/// <param name="Orders">Orders of which something was due.</param>
/// <param name="Lines">Lines that were due.</param>
/// <param name="PiecesOrdered">Pieces that were due.</param>
/// <param name="PiecesInTime">Of them, sent in time.</param>
/// <param name="PiecesSent">Of them, sent at all.</param>
/// <param name="FillRate">Pieces sent in time, of those ordered.</param>
/// <param name="OnTimeRate">Pieces sent in time, of those sent.</param>
/// <param name="LineFillRate">Lines sent in full and in time, of all.</param>
/// <param name="OrderFillRate">Orders sent in full and in time, of all.</param>
/// <param name="OnTimeInFull">The same, without loss or damage on the way.</param>
public sealed record FulfilmentAnswer(
    string? Group, long Orders, long Lines, long PiecesOrdered, long PiecesInTime, long PiecesSent, decimal FillRate, decimal? OnTimeRate, decimal LineFillRate, decimal OrderFillRate, decimal OnTimeInFull)
{
    internal static FulfilmentAnswer Of(FulfilmentRow row, string by) => new(
        row.IsTotal ? null : by is "month" ? FormattableString.Invariant($"{row.Key / 100:0000}-{row.Key % 100:00}") : row.Code,
        row.Orders, row.Lines, row.Wanted, row.InTime, row.Shipped, Round(row.FillRate), row.OnTimeRate is { } rate ? Round(rate) : null, Round(row.LineFillRate), Round(row.OrderFillRate), Round(row.OnTimeInFull));

    static decimal Round(decimal share) => decimal.Round(share, 4);
}

/// <summary>Where a page of documents ended.</summary>
public sealed record DocumentCursor(string Number);
