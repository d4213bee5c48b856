using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Reads the counts of the partner at work.</summary>
public sealed class CountStore(Db db)
{
    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("stock-counts", "-begun", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "c.number", ["begun"] = "c.begun_at", ["place"] = "p.code", ["status"] = "c.status",
    }, Tie: "c.stock_count_id desc", Filters: ["status", "place"]);

    /// <summary>How the lines of one count may be narrowed and sorted.</summary>
    public static ListShape Lines { get; } = new("stock-count-lines", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku", ["name"] = "p.name", ["counted"] = "l.counted", ["difference"] = "l.counted - l.book",
    }, Tie: "p.product_id", Filters: ["state"]);

    /// <summary>True of a counted line that differs from the books: in its sum, or in its lots where one lies there instead of another.</summary>
    internal const string Differs = """
        (l.counted <> l.book or l.counted is not null and exists (
            select from stock_count_line_lot x where x.stock_count_id = l.stock_count_id and x.product_id = l.product_id and x.counted <> x.book))
        """;

    // Of a tracked product what is too much of one lot and what is missing of another are told both, for both are posted.
    const string Columns = $$"""
        select c.stock_count_id, c.number, p.code as place, p.name as place_name, c.stock_place_id, c.status, c.is_blind, c.note, c.said, c.begun_at, c.handed_in_at, c.ended_at, c.version,
               begun.name as begun_by, handed.name as handed_in_by, ended.name as ended_by, sums.lines, sums.counted, sums.differences, sums.more, sums.less
        from stock_count c
        join stock_place p on p.stock_place_id = c.stock_place_id
        left join person begun on begun.person_id = c.begun_by
        left join person handed on handed.person_id = c.handed_in_by
        left join person ended on ended.person_id = c.ended_by
        cross join lateral (
            select count(*) as lines, count(l.counted) as counted, count(*) filter (where {{Differs}}) as differences,
                   coalesce(sum(coalesce(lots.more, greatest(l.counted - l.book, 0))), 0)::bigint as more, coalesce(sum(coalesce(lots.less, greatest(l.book - l.counted, 0))), 0)::bigint as less
            from stock_count_line l
            left join lateral (
                select sum(greatest(x.counted - x.book, 0)) as more, sum(greatest(x.book - x.counted, 0)) as less
                from stock_count_line_lot x where x.stock_count_id = l.stock_count_id and x.product_id = l.product_id and l.counted is not null) lots on true
            where l.stock_count_id = c.stock_count_id) sums
        where c.partner_id = app_partner_id()
        """;

    /// <summary>One page of the list.</summary>
    public Task<ListPage<CountRow>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        const string Narrowed = """
              and (@status::text is null or c.status = @status) and (@place::text is null or p.code = @place) and (@words::text is null or c.number = upper(@words) or c.note ilike @within)
            """;
        var arguments = new { status = query["status"], place = query["place"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset };
        var total = await db.OneAsync<long>($"select count(*) from stock_count c join stock_place p on p.stock_place_id = c.stock_place_id where c.partner_id = app_partner_id() {Narrowed}", arguments, ct);
        return new ListPage<CountRow>(await db.ListAsync<CountRow>($"{Columns} {Narrowed} order by {query.OrderBy} limit @limit offset @offset", arguments, ct), total);
    }, ct);

    /// <summary>The newest counts, for a program that pages through them.</summary>
    public Task<List<CountRow>> AfterAsync(string? status, string? after, int limit, CancellationToken ct) => db.ListAsync<CountRow>($"""
        {Columns} and (@status::text is null or c.status = @status)
          and (@after::text is null or c.stock_count_id < (select last.stock_count_id from stock_count last where last.number = @after))
        order by c.stock_count_id desc
        limit @limit
        """, new { status, after, limit }, ct);

    /// <summary>One count; null where there is none.</summary>
    public Task<CountRow?> FindAsync(string number, CancellationToken ct) => db.FindAsync<CountRow>($"{Columns} and c.number = @number", new { number }, ct);

    const string LinesOf = $"""
        from stock_count_line l
        join product p on p.product_id = l.product_id
        left join stock_balance b on b.stock_place_id = @StockPlaceId and b.product_id = l.product_id
        where l.stock_count_id = @StockCountId
          and case @state when 'open' then l.counted is null when 'counted' then l.counted is not null when 'differs' then {Differs} else true end
          and (@words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within or p.gtin = @words)
        """;

    const string LineColumns = """
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.gtin, l.counted, l.book, l.counted_at, l.reason, l.note, coalesce(b.on_hand, 0) as on_hand, coalesce(b.reserved, 0) as reserved, p.tracking,
               case when p.is_tracked then (select string_agg(case p.tracking when 'serial' then x.code else concat_ws(' ', x.code, x.counted, x.best_before, case when x.best_before is not null then x.made_on end) end, E'\n' order by length(x.code), x.code)
                                            from stock_count_line_lot x where x.stock_count_id = l.stock_count_id and x.product_id = l.product_id and x.counted > 0) end as lots,
               case when p.is_tracked then (select string_agg(format('%s × %s', coalesce(nullif(k.code, ''), '?'), x.on_hand), ', ' order by length(k.code), k.code)
                                            from stock_lot_balance x join stock_lot k on k.stock_lot_id = x.stock_lot_id where x.stock_place_id = @StockPlaceId and x.product_id = l.product_id and x.on_hand > 0) end as lots_in_books,
               case when p.is_tracked and l.counted is not null then (select string_agg(format('%s %s', x.code, to_char(x.counted - x.book, 'FMSG9999999')), ', ' order by length(x.code), x.code)
                                            from stock_count_line_lot x where x.stock_count_id = l.stock_count_id and x.product_id = l.product_id and x.counted <> x.book) end as lots_that_differ
        """;

    /// <summary>One page of the lines of a count.</summary>
    public Task<ListPage<CountLineRow>> LinesAsync(CountRow count, ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {LinesOf}", Arguments(count, query), ct);
        return new ListPage<CountLineRow>(await db.ListAsync<CountLineRow>($"{LineColumns} {LinesOf} order by {query.OrderBy} limit @limit offset @offset", Arguments(count, query), ct), total);
    }, ct);

    /// <summary>The sheet of a count: a row for each product, for a tracked one a row for each lot that was counted, or that the books have where nothing was counted yet.</summary>
    /// <param name="count">The count.</param>
    /// <param name="isBlind">True where the lots of the books are not told.</param>
    /// <param name="ct">Stops waiting.</param>
    public IAsyncEnumerable<CountSheetRow> SheetAsync(CountRow count, bool isBlind, CancellationToken ct) => db.StreamAsync<CountSheetRow>("""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.gtin, lot.code as lot, lot.best_before, coalesce(lot.book, l.book, b.on_hand, 0) as book, case when lot.code is null then l.counted else lot.counted end as counted, l.reason, l.note
        from stock_count_line l
        join product p on p.product_id = l.product_id
        left join stock_balance b on b.stock_place_id = @StockPlaceId and b.product_id = l.product_id
        left join lateral (
            select x.code, coalesce(x.best_before, k.best_before) as best_before, x.book, x.counted
            from stock_count_line_lot x left join stock_lot k on k.product_id = x.product_id and k.code = x.code
            where p.is_tracked and l.counted is not null and x.stock_count_id = l.stock_count_id and x.product_id = l.product_id and x.code <> '' and (x.counted > 0 or not @isBlind)
            union all
            select k.code, k.best_before, x.on_hand, null
            from stock_lot_balance x join stock_lot k on k.stock_lot_id = x.stock_lot_id
            where p.is_tracked and l.counted is null and not @isBlind and x.stock_place_id = @StockPlaceId and x.product_id = l.product_id and x.on_hand > 0 and k.kind <> 'unnamed') lot on true
        where l.stock_count_id = @StockCountId
        order by p.sku, lot.best_before nulls last, length(lot.code), lot.code
        """, new { count.StockCountId, count.StockPlaceId, isBlind }, ct);

    /// <summary>The lines of a count after a SKU, for programs.</summary>
    public Task<List<CountLineRow>> LinesAfterAsync(CountRow count, string? afterSku, int limit, CancellationToken ct) => db.ListAsync<CountLineRow>($"""
        {LineColumns} {LinesOf} and (@afterSku::text is null or p.sku > @afterSku)
        order by p.sku
        limit @limit
        """, new { count.StockCountId, count.StockPlaceId, state = (string?)null, words = (string?)null, within = (string?)null, afterSku, limit }, ct);

    static object Arguments(CountRow count, ListQuery query) => new
    {
        count.StockCountId, count.StockPlaceId, state = query["state"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset,
    };

    /// <summary>What waits for the partner's people: counts to be looked over, and goods on their way between its places.</summary>
    public Task<(long Review, long OnTheirWay)> WaitingAsync(CancellationToken ct) => db.OneAsync<(long, long)>("""
        select (select count(*) from stock_count c where c.partner_id = app_partner_id() and c.status = 'review'),
               (select count(*) from stock_transfer t where t.partner_id = app_partner_id() and t.status = 'in_transit')
        """, null, ct);
}

/// <summary>A count with its sums.</summary>
public sealed record CountRow
{
    /// <summary>The key; it never leaves the server.</summary>
    public long StockCountId { get; init; }

    /// <summary>The key of the place; it never leaves the server.</summary>
    public long StockPlaceId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The code of the place.</summary>
    public string Place { get; init; } = "";

    /// <summary>Its name.</summary>
    public string? PlaceName { get; init; }

    /// <summary><c>open</c>, <c>review</c>, <c>posted</c> or <c>discarded</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Whoever counts does not see what the books say.</summary>
    public bool IsBlind { get; init; }

    /// <summary>What for.</summary>
    public string? Note { get; init; }

    /// <summary>Why it was given back or discarded.</summary>
    public string? Said { get; init; }

    /// <summary>Who began it.</summary>
    public string? BegunBy { get; init; }

    /// <summary>When.</summary>
    public DateTime BegunAt { get; init; }

    /// <summary>Who handed it in.</summary>
    public string? HandedInBy { get; init; }

    /// <summary>When.</summary>
    public DateTime? HandedInAt { get; init; }

    /// <summary>Who posted or discarded it.</summary>
    public string? EndedBy { get; init; }

    /// <summary>When.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    /// <summary>How many products.</summary>
    public long Lines { get; init; }

    /// <summary>How many of them were counted.</summary>
    public long Counted { get; init; }

    /// <summary>How many differ from the books.</summary>
    public long Differences { get; init; }

    /// <summary>How many pieces more than in the books.</summary>
    public long More { get; init; }

    /// <summary>How many less.</summary>
    public long Less { get; init; }

    /// <summary>How its state feels.</summary>
    public Web.Display.Tone Tone => Status switch { "open" => Web.Display.Tone.Active, "review" => Web.Display.Tone.Waiting, "posted" => Web.Display.Tone.Good, _ => Web.Display.Tone.Neutral };
}

/// <summary>A line of a count.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Gtin">Its bar code.</param>
/// <param name="Counted">How many were there.</param>
/// <param name="Book">What the books said at that moment.</param>
/// <param name="CountedAt">When.</param>
/// <param name="Reason">Why it differs, by code.</param>
/// <param name="Note">The same in words.</param>
/// <param name="OnHand">What the books say now.</param>
/// <param name="Reserved">How much of it is promised.</param>
/// <param name="Tracking">How its pieces are told apart.</param>
/// <param name="Lots">The lots or serial numbers that were there, a row each.</param>
/// <param name="LotsInBooks">Those that the books say are there now.</param>
/// <param name="LotsThatDiffer">Those of which more or less was there than the books said, each with its difference.</param>
public sealed record CountLineRow(string Sku, string Name, string NameZh, string? Gtin, int? Counted, long? Book, DateTime? CountedAt, string? Reason, string? Note, long OnHand, long Reserved, string Tracking, string? Lots, string? LotsInBooks, string? LotsThatDiffer)
{
    /// <summary>Counted less the books; null where it was not counted.</summary>
    public long? Difference => Counted - Book;

    /// <summary>What the books will say once the difference is posted.</summary>
    public long? Afterwards => OnHand + Difference;
}

/// <summary>A row of the sheet a count is made with.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Gtin">Its bar code.</param>
/// <param name="Lot">The lot or serial number; null for a product that is not tracked, or of which no lot is told.</param>
/// <param name="BestBefore">The lot's best-before day.</param>
/// <param name="Book">What the books say.</param>
/// <param name="Counted">How many were there; null where it was not counted.</param>
/// <param name="Reason">Why it differs, by code.</param>
/// <param name="Note">The same in words.</param>
public sealed record CountSheetRow(string Sku, string Name, string NameZh, string? Gtin, string? Lot, DateOnly? BestBefore, long Book, int? Counted, string? Reason, string? Note);
