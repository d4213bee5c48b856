using Platform.Database;

namespace Portal.Deliveries;

/// <summary>What is due on which day (应交付日历): the lines of confirmed orders by the day that was promised, or wanted where none was promised.</summary>
public sealed class DeliveryCalendar(Db db, TimeProvider clock)
{
    const string Lines = $"""
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed')
        left join partner other on other.partner_id = case @side when 'buyer' then l.seller_id else l.buyer_id end
        """;

    const string Narrowed = $"""
        and l.cancelled < l.quantity
          and (@partner::text is null or other.number = @partner)
          and (@place::text is null or o.ship_to ->> 'name' = @place)
          and case @state when 'open' then {Open} > 0 when 'late' then {Open} > 0 and {OrderLines.DueOn} < @today when 'done' then {Open} = 0 else true end
        """;

    const string Open = "(l.quantity - l.shipped - l.cancelled)";

    /// <summary>Today, for the brand's calendar.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>The days of a span on which something is due, with how much.</summary>
    public Task<List<DueDay>> DaysAsync(CalendarAsked asked, CancellationToken ct) => db.ListAsync<DueDay>($"""
        select {OrderLines.DueOn} as day, count(distinct l.purchase_order_id)::integer as orders, count(*)::integer as lines, sum(l.quantity - l.cancelled)::bigint as pieces, sum({Open})::bigint as open,
               (count(*) filter (where {Open} > 0 and {OrderLines.DueOn} < @today))::integer as late
        {Lines}
        where {DeliverySide.Of("l", asked.Side)} and {OrderLines.DueOn} between @First and @Last {Narrowed}
        group by day
        order by day
        """, asked.Arguments, ct);

    /// <summary>The orders of which something is due in a span, day by day.</summary>
    public Task<List<DueOrder>> OrdersAsync(CalendarAsked asked, CancellationToken ct) => db.ListAsync<DueOrder>($"""
        select {OrderLines.DueOn} as day, o.number, o.po_number, other.number as partner_number, other.name as partner_name, other.name_latin as partner_name_latin, o.ship_to ->> 'name' as place,
               count(*)::integer as lines, sum(l.quantity - l.cancelled)::bigint as pieces, sum({Open})::bigint as open, sum({Open}) > 0 and {OrderLines.DueOn} < @today as is_late
        {Lines}
        where {DeliverySide.Of("l", asked.Side)} and {OrderLines.DueOn} between @First and @Last {Narrowed}
        group by day, o.purchase_order_id, o.number, o.po_number, other.number, other.name, other.name_latin
        order by day, o.number
        """, asked.Arguments, ct);

    /// <summary>Whom and where a span is about, to choose from; and how many open lines nobody has given a day.</summary>
    public Task<CalendarChoices> ChoicesAsync(CalendarAsked asked, CancellationToken ct) => db.ReadManyAsync($"""
        select distinct other.number, other.name
        {Lines}
        where {DeliverySide.Of("l", asked.Side)} and {OrderLines.DueOn} between @First and @Last and l.cancelled < l.quantity and other.number is not null
        order by other.name
        limit 500;
        select distinct o.ship_to ->> 'name'
        {Lines}
        where {DeliverySide.Of("l", asked.Side)} and {OrderLines.DueOn} between @First and @Last and l.cancelled < l.quantity and o.ship_to is not null
        order by 1
        limit 500;
        select count(*)
        from purchase_order o
        join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
        where {DeliverySide.Of("o", asked.Side)} and o.status in ('confirmed', 'partially_shipped') and {Open} > 0 and {OrderLines.DueOn} is null
        """, asked.Arguments, async answers => new CalendarChoices(
            [.. await answers.ReadAsync<CalendarPartner>()], [.. await answers.ReadAsync<string>()], await answers.ReadFirstAsync<long>()), ct);
}

/// <summary>Which part of the calendar is looked at.</summary>
/// <param name="Side">One of <see cref="DeliverySide"/>.</param>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day.</param>
/// <param name="Today">Today; what is open and due before is late.</param>
/// <param name="Partner">Only this other side, by its number.</param>
/// <param name="Place">Only this ship-to address, by its name.</param>
/// <param name="State"><c>open</c>, <c>late</c> or <c>done</c>; null for all.</param>
public sealed record CalendarAsked(string Side, DateOnly First, DateOnly Last, DateOnly Today, string? Partner, string? Place, string? State)
{
    /// <summary>The states of what is due to choose from.</summary>
    public static IReadOnlyList<string> States { get; } = ["open", "late", "done"];

    internal object Arguments => new { side = Side, First, Last, today = Today, partner = Partner, place = Place, state = State };
}

/// <summary>What is due on a day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Orders">How many orders.</param>
/// <param name="Lines">How many lines.</param>
/// <param name="Pieces">How many pieces were promised.</param>
/// <param name="Open">How many of them are still to be sent.</param>
/// <param name="Late">How many lines have something to be sent though the day is over.</param>
public sealed record DueDay(DateOnly Day, int Orders, int Lines, long Pieces, long Open, int Late);

/// <summary>What is due of an order on a day.</summary>
public sealed record DueOrder(
    DateOnly Day, string Number, string? PoNumber, string? PartnerNumber, string? PartnerName, string? PartnerNameLatin, string? Place, int Lines, long Pieces, long Open, bool IsLate);

/// <summary>What the calendar can be narrowed by, and how much stands in no day of it.</summary>
public sealed record CalendarChoices(IReadOnlyList<CalendarPartner> Partners, IReadOnlyList<string> Places, long WithoutDay);

/// <summary>The other side of an order.</summary>
public sealed record CalendarPartner(string Number, string Name);
