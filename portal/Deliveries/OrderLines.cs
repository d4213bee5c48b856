using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Deliveries;

/// <summary>The lines of all orders that were handed in, of a side.</summary>
public sealed class OrderLines(Db db, TimeProvider clock)
{
    // The day on which a line is due: the promised one, and the wanted one where the seller named none. A case and not coalesce: so an index finds it under row-level security.
    internal const string DueOn = "(case when l.promised_on is null then l.requested_on else l.promised_on end)";

    /// <summary>How the list may be narrowed and sorted.</summary>
    /// <param name="side">One of <see cref="DeliverySide"/>.</param>
    public static ListShape Shape(string side) => new("lines-" + side, "-ordered", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ordered"] = "o.ordered_on", ["number"] = "o.number", ["sku"] = "p.sku", ["buyer"] = "buyer.name", ["seller"] = "seller.name", ["quantity"] = "l.quantity", ["open"] = "(l.quantity - l.shipped - l.cancelled)", ["due"] = DueOn,
    }, Tie: "o.purchase_order_id desc, l.line_number", Filters: ["state", "from", "to", "day", "partner", "place", "line"]);

    /// <summary>The states of a line to choose from.</summary>
    public static IReadOnlyList<string> States { get; } = ["open", "late", "in_transit", "done"];

    // Only what was asked stands in the statement, so that an index can find it.
    static string Narrowed(string side, string? state, bool from, bool to, bool undated) => string.Concat(Everything(side),
        state switch
        {
            "open" => $"\n  and {Open}",
            "late" => $"\n  and {Open} and {DueOn} < @today",
            "in_transit" => "\n  and l.received + l.lost < l.shipped",
            "done" => "\n  and l.shipped + l.cancelled = l.quantity and l.received + l.lost = l.shipped",
            _ => "",
        },
        from ? $"\n  and {DueOn} >= @from" : "", to ? $"\n  and {DueOn} <= @to" : "", undated ? $"\n  and {DueOn} is null" : "", "\n");

    static string Narrowed(string side, ListQuery query) => Narrowed(side, query["state"], query.Day("from") is not null, query.Day("to") is not null, query["day"] is "none");

    static string Everything(string side) => $"""
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        join product p on p.product_id = l.product_id
        join product_line f on f.product_line_id = p.product_line_id
        left join partner buyer on buyer.partner_id = l.buyer_id
        left join partner seller on seller.partner_id = l.seller_id
        where {DeliverySide.Of("l", side)} and o.submitted_at is not null
          and (@partner::text is null or @partner = case when @side = 'seller' then buyer.number when @side = 'buyer' then seller.number else buyer.number end)
          and (@place::text is null or o.ship_to ->> 'name' = @place)
          and (@line::text is null or f.code = @line)
          and (@words::text is null or o.number like @beginning or upper(o.po_number) like @beginning or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within
               or buyer.name ilike @within or seller.name ilike @within or buyer.name_latin ilike @within or seller.name_latin ilike @within)
        """;

    const string Open = "l.shipped + l.cancelled < l.quantity and o.status in ('submitted', 'confirmed', 'partially_shipped')";

    const string Columns = $"""
        select o.number, l.line_number, o.po_number, o.ordered_on, o.status, buyer.number as buyer_number, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin,
               seller.number as seller_number, seller.name as seller_name, seller.name_latin as seller_name_latin, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, f.code as product_line,
               l.quantity, l.cancelled, l.reserved, l.shipped, l.received, l.lost, l.requested_on, l.promised_on, {DueOn} as due_on, {Open} and {DueOn} < @today as is_late, l.unit_price, l.amount, o.currency, o.ship_to ->> 'name' as place
        """;

    /// <summary>One page of a side's lines.</summary>
    public async Task<ListPage<LineRow>> PageAsync(string side, ListQuery query, CancellationToken ct)
    {
        var arguments = Arguments(side, query, await TodayAsync(ct));
        return await db.PageAsync<LineRow>($"{Columns} {Narrowed(side, query)} order by {query.OrderBy} limit @limit offset @offset", $"select count(*) {Narrowed(side, query)}", arguments, ct);
    }

    /// <summary>All of them, row by row, for a file.</summary>
    public async IAsyncEnumerable<LineRow> StreamAsync(string side, ListQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in db.StreamAsync<LineRow>($"{Columns} {Narrowed(side, query)} order by {query.OrderBy}", Arguments(side, query, await TodayAsync(ct)), ct))
        {
            yield return row;
        }
    }

    /// <summary>The newest lines of a side, for a program that pages through them.</summary>
    /// <param name="side">One of <see cref="DeliverySide"/>.</param>
    /// <param name="state">Only lines in this state.</param>
    /// <param name="after">The order and line that ended the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<List<LineRow>> AfterAsync(string side, string? state, LineCursor? after, int limit, CancellationToken ct) => await db.ListAsync<LineRow>($"""
        {Columns} {Narrowed(side, state, false, false, false)}
          and (@afterNumber::text is null
               or (o.ordered_on, o.purchase_order_id, -l.line_number) < (select last.ordered_on, last.purchase_order_id, -@afterLine::integer from purchase_order last where last.number = @afterNumber))
        order by o.ordered_on desc, o.purchase_order_id desc, l.line_number
        limit @limit
        """, new
    {
        side, partner = (string?)null, place = (string?)null, line = (string?)null, words = (string?)null, beginning = "", within = "",
        today = await TodayAsync(ct), afterNumber = after?.Number, afterLine = after?.LineNumber, limit,
    }, ct);

    Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = clock.GetUtcNow().UtcDateTime }, ct);

    static object Arguments(string side, ListQuery query, DateOnly today) => new
    {
        side, from = query.Day("from"), to = query.Day("to"), partner = query["partner"], place = query["place"], line = query["line"], today,
        words = query.Words, beginning = LikePattern.Beginning(query.Words?.ToUpperInvariant()), within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset,
    };
}

/// <summary>A line of an order, as a list shows it.</summary>
public sealed record LineRow
{
    /// <summary>The order.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its line.</summary>
    public int LineNumber { get; init; }

    /// <summary>The buyer's own number of the order.</summary>
    public string? PoNumber { get; init; }

    /// <summary>The day of the order.</summary>
    public DateOnly OrderedOn { get; init; }

    /// <summary>The state of the order.</summary>
    public string Status { get; init; } = "";

    /// <summary>The buyer's number.</summary>
    public string? BuyerNumber { get; init; }

    /// <summary>The buyer.</summary>
    public string? BuyerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>The seller's number.</summary>
    public string? SellerNumber { get; init; }

    /// <summary>The seller.</summary>
    public string? SellerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>The code of its product line.</summary>
    public string ProductLine { get; init; } = "";

    /// <summary>Ordered.</summary>
    public int Quantity { get; init; }

    /// <summary>Called off.</summary>
    public int Cancelled { get; init; }

    /// <summary>Set aside, of what is open.</summary>
    public int Reserved { get; init; }

    /// <summary>Sent.</summary>
    public int Shipped { get; init; }

    /// <summary>Arrived in good order.</summary>
    public int Received { get; init; }

    /// <summary>Lost on the way.</summary>
    public int Lost { get; init; }

    /// <summary>Still to be sent.</summary>
    public int Open => Quantity - Shipped - Cancelled;

    /// <summary>On the way.</summary>
    public int InTransit => Shipped - Received - Lost;

    /// <summary>The day the buyer wants it.</summary>
    public DateOnly? RequestedOn { get; init; }

    /// <summary>The day the seller promised.</summary>
    public DateOnly? PromisedOn { get; init; }

    /// <summary>The day it is due: promised, or wanted where none was promised.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>Something is still to be sent, and that day is over.</summary>
    public bool? IsLate { get; init; }

    /// <summary>The price of one.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>Quantity times price.</summary>
    public decimal Amount { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>The name of the ship-to address.</summary>
    public string? Place { get; init; }
}

/// <summary>Where a page of lines ended.</summary>
public sealed record LineCursor(string Number, int LineNumber);
