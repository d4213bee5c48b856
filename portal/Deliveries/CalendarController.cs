using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Deliveries;

/// <summary>The calendar of promised deliveries, by month and by week, from either side.</summary>
[Route("deliveries"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "purchasing", "sales", "viewer")]
public sealed class CalendarController(DeliveryCalendar calendar, ICurrentPerson me, Texts t, IConfiguration settings, TimeProvider clock) : Controller
{
    static ListShape Shape(string side) => new("calendar-" + side, "day", new Dictionary<string, string>(StringComparer.Ordinal) { ["day"] = "day" }, Tie: "day", Filters: ["view", "on", "partner", "place", "state"]);

    /// <summary>The calendar of whoever comes: a buyer's of what comes, the brand's of what it owes.</summary>
    [HttpGet("")]
    public IActionResult Index() => RedirectToAction(nameof(Show), new { side = me.IsBrand || !me.Has("partner_admin", "purchasing", "viewer") ? DeliverySide.Seller : DeliverySide.Buyer });

    /// <summary>A month or a week.</summary>
    [HttpGet(DeliverySide.Route + "/calendar")]
    public async Task<IActionResult> Show(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, Shape(side));
        var asked = Asked(side, query, await calendar.TodayAsync(ct));
        return View("CalendarPage", new CalendarPage(side, query, asked, await calendar.DaysAsync(asked, ct), CalendarPage.IsWeek(query) ? await calendar.OrdersAsync(asked, ct) : [], await calendar.ChoicesAsync(asked, ct)));
    }

    /// <summary>The orders of the month or week, day by day, as a file.</summary>
    [HttpGet(DeliverySide.Route + "/calendar/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string side, CancellationToken ct)
    {
        if (!DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        var orders = await calendar.OrdersAsync(Asked(side, ListQuery.Read(Request, Shape(side)), await calendar.TodayAsync(ct)), ct);
        await Response.SendListAsync(t["deliveries.calendar." + side], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["deliveries.day"], TableColumnKind.Date, 12), new(t["deliveries.order"], Width: 21), new(t["deliveries.po_number"]), new(t["deliveries.partner"], Width: 30), new(t["deliveries.place"], Width: 24),
                new(t["deliveries.lines_count"], TableColumnKind.Number, 9, 0), new(t["deliveries.pieces"], TableColumnKind.Number, 10, 0), new(t["deliveries.open"], TableColumnKind.Number, 10, 0), new(t["deliveries.state"], Width: 12),
            ],
            orders.ToAsyncEnumerable().Select(IReadOnlyList<object?> (order) =>
                [order.Day, order.Number, order.PoNumber, order.PartnerName, order.Place, order.Lines, order.Pieces, order.Open, t[order.IsLate ? "deliveries.state.late" : order.Open > 0 ? "deliveries.state.open" : "deliveries.state.done"].Value]), ct);
        return new EmptyResult();
    }

    /// <summary>The calendar for Outlook and others: from a month back to a year ahead, narrowed as the page is.</summary>
    [HttpGet(DeliverySide.Route + "/calendar.ics"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Feed(string side, CancellationToken ct) => DeliverySide.IsOpenTo(me, side)
        ? await FeedAsync(calendar, side, Narrowing(ListQuery.Read(Request, Shape(side))), settings, clock, t, ct)
        : NotFound();

    internal static async Task<IActionResult> FeedAsync(DeliveryCalendar calendar, string side, (string? Partner, string? Place, string? State) narrowed, IConfiguration settings, TimeProvider clock, Texts t, CancellationToken ct)
    {
        var today = await calendar.TodayAsync(ct);
        var orders = await calendar.OrdersAsync(new(side, today.AddDays(-31), today.AddDays(366), today, narrowed.Partner, narrowed.Place, narrowed.State), ct);
        var name = t["deliveries.calendar." + side].Value;
        return new FileContentResult(Encoding.UTF8.GetBytes(CalendarFeed.Write(name, orders, PortalUrl.Of(settings), clock.GetUtcNow(), t)), CalendarFeed.ContentType) { FileDownloadName = name + ".ics" };
    }

    static (string? Partner, string? Place, string? State) Narrowing(ListQuery query) => (query["partner"], query["place"], query["state"]);

    static CalendarAsked Asked(string side, ListQuery query, DateOnly today)
    {
        var on = query.Day("on") ?? today;
        var first = CalendarPage.IsWeek(query) ? Monday(on) : Monday(new DateOnly(on.Year, on.Month, 1));
        var last = CalendarPage.IsWeek(query) ? first.AddDays(6) : Monday(new DateOnly(on.Year, on.Month, 1).AddMonths(1).AddDays(-1)).AddDays(6);
        return new(side, first, last, today, query["partner"], query["place"], CalendarAsked.States.Contains(query["state"]) ? query["state"] : null);
    }

    static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}

/// <summary>A month or a week of the calendar.</summary>
/// <param name="Side">One of <see cref="DeliverySide"/>.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Asked">The days that are shown.</param>
/// <param name="Days">The days on which something is due.</param>
/// <param name="Orders">In a week, the orders.</param>
/// <param name="Choices">What it can be narrowed by.</param>
public sealed record CalendarPage(string Side, ListQuery Query, CalendarAsked Asked, IReadOnlyList<DueDay> Days, IReadOnlyList<DueOrder> Orders, CalendarChoices Choices)
{
    readonly Dictionary<DateOnly, DueDay> byDay = Days.ToDictionary(day => day.Day);

    /// <summary>A day of the month or week that is shown.</summary>
    public DateOnly On { get; } = Query.Day("on") ?? Asked.Today;

    /// <summary>A week, else a month.</summary>
    public bool Week => IsWeek(Query);

    /// <summary>The weeks that are shown, each with its seven days.</summary>
    public IEnumerable<IReadOnlyList<DateOnly>> Weeks
    {
        get
        {
            for (var monday = Asked.First; monday <= Asked.Last; monday = monday.AddDays(7))
            {
                var first = monday;
                yield return [.. Enumerable.Range(0, 7).Select(first.AddDays)];
            }
        }
    }

    /// <summary>What is due on a day; null where nothing is.</summary>
    public DueDay? Of(DateOnly day) => byDay.GetValueOrDefault(day);

    /// <summary>A day of the month that is shown, or of the week.</summary>
    public bool Belongs(DateOnly day) => Week || day.Month == On.Month;

    /// <summary>The month or week as a heading.</summary>
    public string Title => Week
        ? $"{Web.Display.Formats.Date(Asked.First)} – {Web.Display.Formats.Date(Asked.Last)}"
        : On.ToString(CultureInfo.CurrentCulture.DateTimeFormat.YearMonthPattern, CultureInfo.CurrentCulture);

    /// <summary>The address of the month or week before (-1) or after (1).</summary>
    public string Step(int by) => Address(Week ? "week" : "month", Week ? Move(On, day => day.AddDays(7 * by)) : Move(On, day => new DateOnly(day.Year, day.Month, 1).AddMonths(by)));

    /// <summary>The address of the week or month of a day, narrowed alike.</summary>
    public string Address(string view, DateOnly? on)
    {
        var query = new QueryBuilder();
        query.Add("view", view);
        if (on is { } day)
        {
            query.Add("on", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        foreach (var (name, value) in Narrowing)
        {
            query.Add(name, value);
        }

        return $"/deliveries/{Side}/calendar{query}";
    }

    /// <summary>The lines that are due on a day, as a list.</summary>
    public string Lines(DateOnly day)
    {
        var text = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var query = new QueryBuilder { { "from", text }, { "to", text } };
        foreach (var (name, value) in Narrowing)
        {
            query.Add(name, value);
        }

        return $"/deliveries/{Side}/lines{query}";
    }

    /// <summary>The feed, narrowed alike.</summary>
    public string Feed
    {
        get
        {
            var query = new QueryBuilder();
            foreach (var (name, value) in Narrowing)
            {
                query.Add(name, value);
            }

            return $"/deliveries/{Side}/calendar.ics{query}";
        }
    }

    internal static bool IsWeek(ListQuery query) => query["view"] is "week";

    /// <summary>What it is narrowed by, as addresses and forms say it.</summary>
    public IEnumerable<(string Name, string Value)> Narrowing => new[] { ("partner", Asked.Partner), ("place", Asked.Place), ("state", Asked.State) }.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!));

    // Whoever types the end of all days stays there.
    static DateOnly Move(DateOnly day, Func<DateOnly, DateOnly> by)
    {
        try
        {
            return by(day);
        }
        catch (ArgumentOutOfRangeException)
        {
            return day;
        }
    }
}
