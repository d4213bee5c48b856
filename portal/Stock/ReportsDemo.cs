using Platform.Database;
using Portal.Demo;

namespace Portal.Stock;

/// <summary>The demo's reported stock: the reseller Jiangnan reports every week, and what it reported last differs here and there, with a part of it explained.</summary>
sealed class ReportsDemo(Db db, ReportStock reportStock, ReportStore reports) : IDemoPart
{
    public int Order => 67;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var numbers = await db.ListAsync<string>("select p.number from partner p join person u on u.partner_id = p.partner_id where u.email = 'sales@jiangnan.example'", null, ct);
        if (numbers is not [var partner])
        {
            return;
        }

        await EnterAsync("admin@northlight.example", ct);
        await reports.ReportsAsync(partner, 7, ct);
        await EnterAsync("sales@jiangnan.example", ct);
        var held = await db.ListAsync<(string Sku, long OnHand)>("""
            select p.sku, b.on_hand from stock_balance b join stock_place s on s.stock_place_id = b.stock_place_id join product p on p.product_id = b.product_id
            where s.partner_id = app_partner_id() and b.on_hand > 0 order by p.sku limit 40
            """, null, ct);
        if (held.Count > 0)
        {
            await reportStock.RunAsync(today.AddDays(-7), [.. held.Select(line => new ReportedLine(line.Sku, line.OnHand))], "file", null, ct);
            var last = await reportStock.RunAsync(today, [.. held.Select((line, index) => new ReportedLine(line.Sku, Math.Max(0, line.OnHand - (index % 4))))], "typed", "周报 / Weekly report", ct);
            var gap = await db.ListAsync<string>("""
                select p.sku from stock_report_line l join stock_report r on r.stock_report_id = l.stock_report_id join product p on p.product_id = l.product_id
                where r.number = any (@numbers) and l.calculated <> l.quantity order by p.sku limit 3
                """, new { numbers = last.Numbers.ToArray() }, ct);
            await reportStock.ExplainAsync(last.Numbers[0], [.. gap.Select(sku => new GapExplained(sku, "unreported_sales", "门店零售 / Sold over the counter"))], ct);
        }

        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }, ct);

    // The person at work, who keeps the product's rights beside: the next one is looked for among all.
    Task EnterAsync(string email, CancellationToken ct) =>
        db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where email = @email", new { email }, ct);
}
