using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>
/// A partner who does not run its stock here says what it held at the end of a day (数据上报). Good lines are kept where others are wrong; each is held against what the last report and the ledger
/// would have it be, and the partner explains the gap. The ledger is not touched.
/// </summary>
public sealed class ReportStock(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Why reported and calculated can differ.</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["unreported_sales", "unreported_purchase", "returns", "damaged", "timing", "counting", "other"];

    /// <summary>The longest way back that a day may lie, in days.</summary>
    public const int FarthestBack = 92;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Takes a report.</summary>
    /// <param name="asOf">The day at whose end it was counted; a line may name another.</param>
    /// <param name="lines">What there was.</param>
    /// <param name="source">Where it comes from: <c>typed</c>, <c>file</c> or <c>api</c>.</param>
    /// <param name="note">What is said about it.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<StockReported> RunAsync(DateOnly? asOf, IReadOnlyList<ReportedLine> lines, string source, string? note, CancellationToken ct) => db.InTransactionAsync<StockReported>(async () =>
    {
        var here = await db.FindAsync<Here>("""
            select p.partner_id, brand_day(@Now) as today, exists (select from unnest(@roles) as role where app_has_role(role)) as may_keep
            from partner p where p.partner_id = app_partner_id()
            """, new { Now, roles = StockRoles.Keepers.ToArray() }, ct);
        if (here is not { MayKeep: true })
        {
            return new(new StockOutcome.Forbidden(), [], 0);
        }

        var products = (await db.ListAsync<(string Sku, long ProductId)>("select sku, product_id from product where sku = any (@skus)", new { skus = lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal).ToArray() }, ct))
            .ToDictionary(product => product.Sku, product => product.ProductId, StringComparer.Ordinal);
        var (good, problems) = Judge(asOf, lines, products, here.Today);
        if (note?.Length > RecordMovement.LongestNote)
        {
            return new(StockOutcome.Because("note", "stock.problem.note_too_long", RecordMovement.LongestNote), [], 0);
        }

        var numbers = new List<string>();
        foreach (var day in good.GroupBy(line => line.Day).OrderBy(day => day.Key))
        {
            numbers.Add(await WriteAsync(here.PartnerId, day.Key, [.. day], source, note, ct));
        }

        return new(problems.Count > 0 ? new StockOutcome.Wrong(problems) : new StockOutcome.Done(numbers[^1]), numbers, good.Count);
    }, ct);

    /// <summary>Says why what was reported differs from what was calculated.</summary>
    public Task<StockOutcome> ExplainAsync(string number, IReadOnlyList<GapExplained> gaps, CancellationToken ct) => db.InTransactionAsync<StockOutcome>(async () =>
    {
        var report = await db.FindAsync<ReportInHand>("""
            select r.stock_report_id, r.partner_id, exists (select from unnest(@roles) as role where app_has_role(role)) as may_keep, r.partner_id = app_partner_id() as is_mine
            from stock_report r where r.number = @number
            """, new { number, roles = StockRoles.Keepers.ToArray() }, ct);
        if (report is not { MayKeep: true, IsMine: true })
        {
            return report is null ? new StockOutcome.NotFound() : new StockOutcome.Forbidden();
        }

        var problems = gaps.Select((gap, index) => gap.Reason is null ? null
            : !Reasons.Contains(gap.Reason) ? new StockProblem(index + 1, "reason", "stock.report.reason_wrong", gap.Sku)
            : gap.Reason is "other" && string.IsNullOrWhiteSpace(gap.Note) ? new StockProblem(index + 1, "note", "stock.report.say_what", gap.Sku)
            : gap.Note?.Length > RecordMovement.LongestNote ? new StockProblem(index + 1, "note", "stock.problem.note_too_long", RecordMovement.LongestNote)
            : null).OfType<StockProblem>().ToList();
        if (problems.Count > 0)
        {
            return new StockOutcome.Wrong(problems);
        }

        var explained = await db.ExecuteAsync("""
            update stock_report_line l
            set reason = said.reason, note = said.note, explained_by = case when said.reason is not null then app_person_id() end, explained_at = case when said.reason is not null then @Now end
            from unnest(@skus, @reasons, @notes) as said (sku, reason, note)
            join product p on p.sku = said.sku
            where l.stock_report_id = @StockReportId and l.product_id = p.product_id and l.calculated <> l.quantity and (l.reason, l.note) is distinct from (said.reason, said.note)
            """, new { report.StockReportId, Now, skus = gaps.Select(gap => gap.Sku).ToArray(), reasons = gaps.Select(gap => gap.Reason).ToArray(), notes = gaps.Select(gap => gap.Reason is null ? null : Web.Typed.Text(gap.Note)).ToArray() }, ct);
        if (explained > 0)
        {
            await audit.RecordAsync("stock.gaps_explained", "stock_report", number, report.PartnerId, new { lines = explained }, ct);
        }

        return new StockOutcome.Done(number);
    }, ct);

    async Task<string> WriteAsync(long partner, DateOnly day, List<(long ProductId, DateOnly Day, int Quantity)> lines, string source, string? note, CancellationToken ct)
    {
        var number = PublicNumber.New("SR");
        var report = await db.OneAsync<long>("""
            insert into stock_report (number, partner_id, as_of, source, note, reported_by, reported_at)
            values (@number, @partner, @day, @source, @note, app_person_id(), @Now) returning stock_report_id
            """, new { number, partner, day, source, note, Now }, ct);
        // Calculated: the last report of an earlier day, and what the ledger moved into and out of the partner's own places after that day and by this one.
        await db.ExecuteAsync("""
            with said as (
                select * from unnest(@products, @quantities) as said (product_id, quantity)),
            mine as (
                select array(select p.stock_place_id from stock_place p where p.partner_id = @partner and p.kind = 'own') as places),
            began as (
                select said.product_id, said.quantity, last.quantity as last_quantity, last.as_of
                from said
                left join lateral (
                    select l.quantity, l.as_of from stock_report_line l
                    where l.partner_id = @partner and l.product_id = said.product_id and l.as_of < @day
                    order by l.as_of desc, l.stock_report_id desc limit 1) last on true),
            moved as (
                select began.product_id, sum(case when m.to_place_id = any (mine.places) then m.quantity else 0 end - case when m.from_place_id = any (mine.places) then m.quantity else 0 end)::bigint as net
                from mine cross join began
                join stock_move m on (m.from_place_id = any (mine.places) or m.to_place_id = any (mine.places)) and m.product_id = began.product_id
                     and m.moved_at >= brand_midnight(began.as_of + 1) and m.moved_at < brand_midnight(@day + 1)
                group by began.product_id)
            insert into stock_report_line (stock_report_id, product_id, partner_id, as_of, quantity, calculated, calculated_from)
            select @report, began.product_id, @partner, @day, began.quantity, began.last_quantity + case when began.as_of is not null then coalesce(moved.net, 0) end, began.as_of
            from began left join moved using (product_id)
            """, new { report, partner, day, products = lines.Select(line => line.ProductId).ToArray(), quantities = lines.Select(line => line.Quantity).ToArray() }, ct);
        await audit.RecordAsync("stock.reported", "stock_report", number, partner, new { asOf = day, source, lines = lines.Count }, ct);
        return number;
    }

    static (List<(long ProductId, DateOnly Day, int Quantity)> Good, List<StockProblem> Problems) Judge(DateOnly? asOf, IReadOnlyList<ReportedLine> lines, Dictionary<string, long> products, DateOnly today)
    {
        var good = new Dictionary<(long, DateOnly), int>();
        var problems = new List<StockProblem>();
        if (lines.Count is 0 or > StockSheet.MostRows)
        {
            problems.Add(new(null, "lines", "stock.problem.line_count", StockSheet.MostRows));
        }

        for (var index = 0; index < lines.Count && index < StockSheet.MostRows; index++)
        {
            var line = lines[index];
            var row = line.Row ?? index + 1;
            if (!products.TryGetValue(line.Sku, out var product))
            {
                problems.Add(new(row, "sku", "stock.problem.unknown_sku", line.Sku));
            }
            else if (line.Quantity is not { } quantity || quantity < 0 || quantity > SkuLine.MostOfOne || quantity != decimal.Truncate(quantity))
            {
                problems.Add(new(row, "quantity", "stock.count.quantity_wrong", line.Sku));
            }
            else if (line.HasNoSuchDay || (line.AsOf ?? asOf) is not { } day || day > today || day < today.AddDays(-FarthestBack))
            {
                problems.Add(new(row, "asOf", "stock.report.day_wrong", FarthestBack));
            }
            else if (!good.TryAdd((product, day), (int)quantity))
            {
                problems.Add(new(row, "sku", "stock.count.named_twice", line.Sku));
            }
        }

        return ([.. good.Select(line => (line.Key.Item1, line.Key.Item2, line.Value))], problems);
    }

    sealed record Here(long PartnerId, DateOnly Today, bool MayKeep);

    sealed record ReportInHand(long StockReportId, long PartnerId, bool MayKeep, bool IsMine);
}

/// <summary>What there was of a product.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">How many.</param>
/// <param name="AsOf">The day at whose end, where the report names no other.</param>
public sealed record ReportedLine(string Sku, decimal? Quantity, DateOnly? AsOf = null)
{
    /// <summary>A day was written that there is not.</summary>
    internal bool HasNoSuchDay { get; init; }

    /// <summary>The row of the file it stood in.</summary>
    internal int? Row { get; init; }
}

/// <summary>Why a product differs.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Reason">By one of <see cref="ReportStock.Reasons"/>; null takes back what was said.</param>
/// <param name="Note">In words.</param>
public sealed record GapExplained(string Sku, string? Reason, string? Note);

/// <summary>How a report ended.</summary>
/// <param name="Outcome">Done, or what is wrong with some lines.</param>
/// <param name="Numbers">The reports that were made, one for each day.</param>
/// <param name="Kept">How many lines were kept.</param>
public sealed record StockReported(StockOutcome Outcome, IReadOnlyList<string> Numbers, int Kept);
