using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Portal.Notifications;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Reads reports of stock: a partner's own, and for the brand everybody's; and says for whom stock is reported.</summary>
public sealed class ReportStore(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>How the list of reports may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("stock-reports", "-as-of", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "r.number", ["as-of"] = "r.as_of", ["reported"] = "r.reported_at", ["partner"] = "p.name",
    }, Tie: "r.stock_report_id desc", Filters: ["state"]);

    /// <summary>How the lines of a report may be narrowed and sorted.</summary>
    public static ListShape Lines { get; } = new("stock-report-lines", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku", ["name"] = "p.name", ["quantity"] = "l.quantity", ["gap"] = "l.quantity - l.calculated",
    }, Tie: "p.product_id", Filters: ["state"]);

    const string Columns = """
        select r.stock_report_id, r.number, r.as_of, r.source, r.note, r.reported_at, who.name as reported_by, p.name as partner_name, p.name_latin as partner_name_latin, p.number as partner_number,
               coalesce(r.partner_id = app_partner_id(), false) as is_mine, sums.lines, sums.gaps, sums.unexplained
        from stock_report r
        join partner p on p.partner_id = r.partner_id
        left join person who on who.person_id = r.reported_by
        cross join lateral (
            select count(*) as lines, count(*) filter (where l.calculated <> l.quantity) as gaps, count(*) filter (where l.calculated <> l.quantity and l.reason is null) as unexplained
            from stock_report_line l where l.stock_report_id = r.stock_report_id) sums
        """;

    const string Narrowed = """
        where (@everybodys and (select app_is_brand()) or r.partner_id = (select app_partner_id()))
          and (@state::text is null or exists (select from stock_report_line l where l.stock_report_id = r.stock_report_id and l.calculated <> l.quantity and l.reason is null))
          and (@words::text is null or r.number = upper(@words) or p.name ilike @within or p.name_latin ilike @within)
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of reports.</summary>
    public Task<ListPage<ReportRow>> ListAsync(bool everybodys, ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var arguments = new { everybodys, state = query["state"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset };
        var total = await db.OneAsync<long>($"select count(*) from stock_report r join partner p on p.partner_id = r.partner_id {Narrowed}", arguments, ct);
        return new ListPage<ReportRow>(await db.ListAsync<ReportRow>($"{Columns} {Narrowed} order by {query.OrderBy} limit @limit offset @offset", arguments, ct), total);
    }, ct);

    /// <summary>The newest reports, for a program that pages through them.</summary>
    public Task<List<ReportRow>> AfterAsync(bool everybodys, string? after, int limit, CancellationToken ct) => db.ListAsync<ReportRow>($"""
        {Columns}
        where (@everybodys and (select app_is_brand()) or r.partner_id = (select app_partner_id()))
          and (@after::text is null or r.stock_report_id < (select last.stock_report_id from stock_report last where last.number = @after))
        order by r.stock_report_id desc
        limit @limit
        """, new { everybodys, after, limit }, ct);

    /// <summary>One report; null where there is none for the person at work.</summary>
    public Task<ReportRow?> FindAsync(string number, CancellationToken ct) => db.FindAsync<ReportRow>($"{Columns} where r.number = @number", new { number }, ct);

    const string LinesOf = """
        from stock_report_line l
        join product p on p.product_id = l.product_id
        where l.stock_report_id = @StockReportId
          and case @state when 'gap' then l.calculated <> l.quantity when 'unexplained' then l.calculated <> l.quantity and l.reason is null else true end
          and (@words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)
        """;

    const string LineColumns = "select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, l.quantity, l.calculated, l.calculated_from, l.reason, l.note";

    /// <summary>One page of its lines.</summary>
    public Task<ListPage<ReportLineRow>> LinesAsync(ReportRow report, ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var arguments = new { report.StockReportId, state = query["state"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset };
        var total = await db.OneAsync<long>($"select count(*) {LinesOf}", arguments, ct);
        return new ListPage<ReportLineRow>(await db.ListAsync<ReportLineRow>($"{LineColumns} {LinesOf} order by {query.OrderBy} limit @limit offset @offset", arguments, ct), total);
    }, ct);

    /// <summary>All its lines in the order of their SKU, from one on.</summary>
    public Task<List<ReportLineRow>> LinesAfterAsync(ReportRow report, string? afterSku, int limit, CancellationToken ct) => db.ListAsync<ReportLineRow>($"""
        {LineColumns} {LinesOf} and (@afterSku::text is null or p.sku > @afterSku) order by p.sku limit @limit
        """, new { report.StockReportId, state = (string?)null, words = (string?)null, within = (string?)null, afterSku, limit }, ct);

    /// <summary>All its lines, for a file.</summary>
    public IAsyncEnumerable<ReportLineRow> StreamAsync(ReportRow report, CancellationToken ct) =>
        db.StreamAsync<ReportLineRow>($"{LineColumns} {LinesOf} order by p.sku", new { report.StockReportId, state = (string?)null, words = (string?)null, within = (string?)null }, ct);

    /// <summary>Who reports its stock, how often, and what is late; for the brand everybody, for a partner itself.</summary>
    public Task<List<ReporterRow>> ReportersAsync(CancellationToken ct) => db.ListAsync<ReporterRow>("""
        select p.number, p.name, p.name_latin, s.every_days, s.version, last.as_of as last_as_of, last.number as last_number, coalesce(last.as_of, s.since) + s.every_days as due_on,
               coalesce(last.as_of, s.since) + s.every_days < brand_day(@Now) as is_late
        from stock_reporting s
        join partner p on p.partner_id = s.partner_id
        left join lateral (select r.as_of, r.number from stock_report r where r.partner_id = s.partner_id order by r.as_of desc, r.stock_report_id desc limit 1) last on true
        where (select app_is_brand()) or s.partner_id = (select app_partner_id())
        order by due_on, p.name
        """, new { Now }, ct);

    /// <summary>Says that a partner reports its stock every so many days, or with null that it does not.</summary>
    public Task<StockOutcome> ReportsAsync(string partnerNumber, int? everyDays, CancellationToken ct) => db.InTransactionAsync<StockOutcome>(async () =>
    {
        if (everyDays is < 1 or > 92)
        {
            return StockOutcome.Because("everyDays", "stock.report.every_wrong");
        }

        if (await db.FindAsync<(long PartnerId, bool May)?>("select p.partner_id, app_is_brand() and (app_has_role('brand_admin') or app_has_role('channel_manager')) from partner p where p.number = @partnerNumber and p.upstream_id is not null", new { partnerNumber }, ct) is not { } partner)
        {
            return StockOutcome.Because("partner", "stock.report.partner_wrong", partnerNumber);
        }

        if (!partner.May)
        {
            return new StockOutcome.Forbidden();
        }

        await db.ExecuteAsync(everyDays is null
            ? "delete from stock_reporting where partner_id = @PartnerId"
            : """
              insert into stock_reporting as s (partner_id, every_days, since, changed_by, changed_at) values (@PartnerId, @everyDays, brand_day(@Now), app_person_id(), @Now)
              on conflict (partner_id) do update set every_days = excluded.every_days, changed_by = excluded.changed_by, changed_at = excluded.changed_at, version = s.version + 1
              """, new { partner.PartnerId, everyDays, Now }, ct);
        await audit.RecordAsync("stock.reporting", "stock", partnerNumber, partner.PartnerId, new { everyDays }, ct);
        return new StockOutcome.Done(partnerNumber);
    }, ct);
}

/// <summary>Reminds of reports that are late, once for each day on which one was due. Run by the product every morning.</summary>
public sealed class RemindOfReports(Db db, Announcements announcements, TimeProvider clock) : IScheduledJob
{
    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    /// <summary>Reminds of all that are late.</summary>
    /// <returns>How many were reminded.</returns>
    public Task<int> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var late = await db.ListAsync<(long PartnerId, DateOnly DueOn)>("""
            update stock_reporting s
            set reminded_for = due.on_day
            from (select x.partner_id, coalesce((select max(r.as_of) from stock_report r where r.partner_id = x.partner_id), x.since) + x.every_days as on_day from stock_reporting x) due
            where due.partner_id = s.partner_id and due.on_day < brand_day(@now) and s.reminded_for is distinct from due.on_day
            returning s.partner_id, due.on_day
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
        foreach (var (partner, day) in late)
        {
            await announcements.TellAsync(partner, StockRoles.Keepers, "stock.told.report_late", [day], "/stock/reports/new", ct);
        }

        return late.Count;
    }, ct);
}

/// <summary>A report with its sums.</summary>
public sealed record ReportRow
{
    /// <summary>The key; it never leaves the server.</summary>
    public long StockReportId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The day at whose end it was counted.</summary>
    public DateOnly AsOf { get; init; }

    /// <summary><c>typed</c>, <c>file</c> or <c>api</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>What is said about it.</summary>
    public string? Note { get; init; }

    /// <summary>When it came.</summary>
    public DateTime ReportedAt { get; init; }

    /// <summary>Who reported.</summary>
    public string? ReportedBy { get; init; }

    /// <summary>Whose stock.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The partner's public number.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>True for the own company's.</summary>
    public bool IsMine { get; init; }

    /// <summary>How many products.</summary>
    public long Lines { get; init; }

    /// <summary>How many differ from what was calculated.</summary>
    public long Gaps { get; init; }

    /// <summary>How many of those nobody explained.</summary>
    public long Unexplained { get; init; }
}

/// <summary>A line of a report.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Quantity">Reported.</param>
/// <param name="Calculated">What it would be by the report before and the ledger; null for a first one.</param>
/// <param name="CalculatedFrom">The day of the report before.</param>
/// <param name="Reason">What the partner says about the gap.</param>
/// <param name="Note">The same in words.</param>
public sealed record ReportLineRow(string Sku, string Name, string NameZh, int Quantity, long? Calculated, DateOnly? CalculatedFrom, string? Reason, string? Note)
{
    /// <summary>Reported less calculated.</summary>
    public long? Gap => Quantity - Calculated;
}

/// <summary>Who reports.</summary>
public sealed record ReporterRow(string Number, string Name, string? NameLatin, int EveryDays, int Version, DateOnly? LastAsOf, string? LastNumber, DateOnly DueOn, bool IsLate);
