using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Reads the transfers of the partner at work.</summary>
public sealed class TransferStore(Db db)
{
    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("stock-transfers", "-sent", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "t.number", ["sent"] = "t.sent_at", ["from"] = "f.code", ["to"] = "d.code", ["status"] = "t.status",
    }, Tie: "t.stock_transfer_id desc", Filters: ["status"]);

    const string Columns = """
        select t.number, f.code as from_place, d.code as to_place, t.status, t.note, t.sent_at, t.received_at, sent.name as sent_by, received.name as received_by, t.version,
               (select count(*) from stock_transfer_line l where l.stock_transfer_id = t.stock_transfer_id) as lines,
               (select coalesce(sum(l.quantity), 0) from stock_transfer_line l where l.stock_transfer_id = t.stock_transfer_id) as pieces,
               (select coalesce(sum(l.lost), 0) from stock_transfer_line l where l.stock_transfer_id = t.stock_transfer_id) as lost
        """;

    const string From = """
        from stock_transfer t
        join stock_place f on f.stock_place_id = t.from_place_id
        join stock_place d on d.stock_place_id = t.to_place_id
        left join person sent on sent.person_id = t.sent_by
        left join person received on received.person_id = t.received_by
        where t.partner_id = app_partner_id()
        """;

    const string Narrowed = From + """

          and (@status::text is null or t.status = @status)
          and (@words::text is null or t.number = upper(@words) or f.code ilike @within or d.code ilike @within
               or exists (select from stock_transfer_line l join product p on p.product_id = l.product_id where l.stock_transfer_id = t.stock_transfer_id and (p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)))
        """;

    /// <summary>One page of the list.</summary>
    public Task<ListPage<TransferRow>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var arguments = new { status = query["status"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset };
        var total = await db.OneAsync<long>($"select count(*) {Narrowed}", arguments, ct);
        return new ListPage<TransferRow>(await db.ListAsync<TransferRow>($"{Columns} {Narrowed} order by {query.OrderBy} limit @limit offset @offset", arguments, ct), total);
    }, ct);

    /// <summary>The newest transfers, for a program that pages through them.</summary>
    public Task<List<TransferRow>> AfterAsync(string? status, string? after, int limit, CancellationToken ct) => db.ListAsync<TransferRow>($"""
        {Columns} {From} and (@status::text is null or t.status = @status)
          and (@after::text is null or t.stock_transfer_id < (select last.stock_transfer_id from stock_transfer last where last.number = @after))
        order by t.stock_transfer_id desc
        limit @limit
        """, new { status, after, limit }, ct);

    /// <summary>One transfer with its lines; null where there is none.</summary>
    public Task<TransferPage?> FindAsync(string number, CancellationToken ct) => db.TogetherAsync(async () =>
        await db.FindAsync<TransferRow>($"{Columns} {From} and t.number = @number", new { number }, ct) is { } transfer
            ? new TransferPage(transfer, await db.ListAsync<TransferLine>("""
                select l.line_number, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, l.quantity, l.received, l.lost, p.tracking
                from stock_transfer t join stock_transfer_line l on l.stock_transfer_id = t.stock_transfer_id join product p on p.product_id = l.product_id
                where t.number = @number
                order by l.line_number
                """, new { number }, ct)) { Lots = (await LotReading.OfPaperAsync(db, number, "transfer", ct)).ToLookup(lot => lot.Sku, StringComparer.Ordinal) }
            : null, ct);
}

/// <summary>A transfer in a list.</summary>
public sealed record TransferRow
{
    /// <summary>Its public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The code of the place the goods left.</summary>
    public string FromPlace { get; init; } = "";

    /// <summary>The code of the place they go to.</summary>
    public string ToPlace { get; init; } = "";

    /// <summary><c>in_transit</c> or <c>received</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Why.</summary>
    public string? Note { get; init; }

    /// <summary>When they left.</summary>
    public DateTime SentAt { get; init; }

    /// <summary>When they came.</summary>
    public DateTime? ReceivedAt { get; init; }

    /// <summary>Who sent them.</summary>
    public string? SentBy { get; init; }

    /// <summary>Who took them in.</summary>
    public string? ReceivedBy { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    /// <summary>How many products.</summary>
    public long Lines { get; init; }

    /// <summary>How many pieces.</summary>
    public long Pieces { get; init; }

    /// <summary>How many of them did not come.</summary>
    public long Lost { get; init; }
}

/// <summary>A line of a transfer.</summary>
public sealed record TransferLine(int LineNumber, string Sku, string Name, string NameZh, int Quantity, int Received, int Lost, string Tracking);

/// <summary>A transfer with its lines.</summary>
/// <param name="Head">The transfer.</param>
/// <param name="Lines">What goes.</param>
public sealed record TransferPage(TransferRow Head, IReadOnlyList<TransferLine> Lines)
{
    /// <summary>The lots and serial numbers that were sent, by SKU.</summary>
    public required ILookup<string, LotOfPaper> Lots { get; init; }
}
