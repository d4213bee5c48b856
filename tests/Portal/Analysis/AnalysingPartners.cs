using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Analysis;
using Support;

namespace Portal.Tests.Analysis;

/// <summary>A brand with two distributors and a reseller below the first; what they bought is entered as history.</summary>
public sealed class AnalysingPartners(AnalysingPartners.AnalysedChannel portal) : IClassFixture<AnalysingPartners.AnalysedChannel>
{
    [Fact]
    public async Task Each_report_says_in_sentences_what_its_figures_are()
    {
        var manager = portal.SignIn(portal.Manager);

        var profiling = await manager.GetAsync("/analysis/profiling");
        Assert.Contains("3 of 4 partners bought something: 75%.", profiling.Words, StringComparison.Ordinal);
        var performance = await manager.GetAsync("/analysis/performance");
        Assert.Contains("USD 10,500, 5% more than a year before.", performance.Words.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("第一商贸 has added most: USD 1,000, 14.3%.", performance.Words.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("第二商贸 has lost most: USD 1,000, 33.3%.", performance.Words.Replace('\u00A0', ' '), StringComparison.Ordinal);
        var product = await manager.GetAsync("/analysis/product");
        Assert.Contains("Chairs is the largest line: 100% of all purchases", product.Words, StringComparison.Ordinal);
        var prospecting = await manager.GetAsync("/analysis/prospecting");
        Assert.Contains("4 deals were registered, by 1 of 4 partners.", prospecting.Words, StringComparison.Ordinal);
        Assert.Contains("1 of 2 deals that ended were won: 50%.", prospecting.Words, StringComparison.Ordinal);
        var profitability = await manager.GetAsync("/analysis/profitability");
        Assert.Contains("12.5% of the list value was taken off", profitability.Words, StringComparison.Ordinal);

        manager.Language = "zh-CN";
        Assert.Contains("4 家伙伴中有 3 家采购，占 75%。", (await manager.GetAsync("/analysis/profiling")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_rhythm_is_a_warning_with_what_is_at_stake()
    {
        var page = await portal.SignIn(portal.Manager).GetAsync("/analysis/persistency");

        Assert.Contains("1 of 1 buyers with a rhythm have broken it", page.Words, StringComparison.Ordinal);
        Assert.Contains("Most is at stake with 第一商贸: silent for 30 days, usually an order every 7", page.Words, StringComparison.Ordinal);
        Assert.Equal(["第一商贸", "30", "7", "11", "6"], page.All(".table-list tbody tr:first-child td").Take(5));
    }

    [Fact]
    public async Task What_stands_together_in_orders_is_shown_with_support_confidence_and_lift_and_proposed_to_who_lacks_it()
    {
        Assert.Equal(4, await portal.InScopeAsync(Caller.System("job:count-co-purchases"), services => services.GetRequiredService<CountCoPurchases>().RunAsync(default)));
        var manager = portal.SignIn(portal.Manager);

        var page = await manager.GetAsync("/analysis/together");
        // Of 12 orders 6 have the desk, 8 the lamp, 6 both; the lamp stands in every order of the desk, 1.5 times as often as in all.
        Assert.Contains(page.Document.QuerySelectorAll("tbody tr").Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()).ToArray()), row => row is ["Chair B-01 → Chair B-02", "6", "50%", "100%", "1.5", "6", "8"]);

        var partner = await manager.GetAsync("/partners/" + portal.Second.Partner.Number);
        Assert.Contains("Could buy besides", partner.Words, StringComparison.Ordinal);
        Assert.Contains("With Chair B-02: 75% of the orders with it, 1.5 times as often as by chance, in 6 orders", partner.Words, StringComparison.Ordinal);
        // Nobody reads on their own page what others could sell to them.
        Assert.DoesNotContain("Could buy besides", (await portal.SignIn(portal.Second).GetAsync("/partners/" + portal.Second.Partner.Number)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partner_reads_of_its_own_branch_and_of_nobody_else()
    {
        var first = portal.SignIn(portal.First);
        foreach (var report in Reports.All)
        {
            var page = await first.GetAsync("/analysis/" + report.Name);
            Assert.Equal((HttpStatusCode.OK, report.Name), (page.Status, report.Name));
            Assert.DoesNotContain("第二商贸", page.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("第二商贸", (await first.GetAsync($"/analysis/{report.Name}/export?format=csv")).Body, StringComparison.Ordinal);
            Assert.DoesNotContain("第二商贸", (await portal.Api(portal.First).GetAsync("/api/v1/analysis/" + report.Name)).Text, StringComparison.Ordinal);
        }

        Assert.Contains("2 of 2 partners bought something", (await first.GetAsync("/analysis/profiling")).Words, StringComparison.Ordinal);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.First.Subject));
        Assert.Equal(0L, await db.OneAsync<long>("select count(*) from co_purchase", null, default));
    }

    [Fact]
    public async Task A_period_without_figures_says_so_and_what_is_no_report_is_not_found()
    {
        var manager = portal.SignIn(portal.Manager);

        foreach (var report in Reports.All.Where(report => report.Name is not ("profiling" or "persistency" or "together")))
        {
            Assert.True((await manager.GetAsync($"/analysis/{report.Name}?period=1999")).Has(".empty-title"), report.Name);
        }

        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync("/analysis/product?period=nonsense")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/analysis/psychology")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(portal.Manager).GetAsync("/api/v1/analysis/product?period=nonsense")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(await portal.Given.APerson(portal.First.Partner, "viewer")).GetAsync("/analysis")).Status);
    }

    public sealed class AnalysedChannel : PortalApp
    {
        public TestPerson Manager { get; private set; } = null!;

        public TestPerson First { get; private set; } = null!;

        public TestPerson Second { get; private set; } = null!;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Manager = await Given.SomebodyOfTheBrand("brand_admin", "channel_manager");
            First = await Given.ADistributor("第一商贸", currency: "USD");
            Second = await Given.ADistributor("第二商贸", currency: "USD");
            var below = await Given.AReseller("下级商贸", First.Partner, currency: "USD");
            await Given.APartner("静默商贸", "store", currency: "USD");
            var (now, today) = (Clock.Now.UtcDateTime, Clock.Today);
            await Database.ExecuteAsync("""
                set search_path = portal, public;
                with line as (insert into product_line (code, name, name_zh) values ('CHAIR', 'Chairs', '椅') returning product_line_id)
                insert into product (sku, name, name_zh, product_line_id, status, created_at) select sku, 'Chair ' || sku, '椅子 ' || sku, product_line_id, 'active', @now from line, unnest(array['B-01', 'B-02', 'B-03']) as sku;
                insert into kpi_daily (partner_id, metric, product_line_id, day, value)
                select f.partner_id, f.metric, case when f.metric like 'deals%' then null else (select product_line_id from product_line) end, f.day, f.value
                from (values (@first, 'purchases', @today - 31, 8000::numeric), (@second, 'purchases', @today - 31, 2000), (@below, 'purchases', @today - 31, 500),
                             (@first, 'purchases', @today - 396, 7000), (@second, 'purchases', @today - 396, 3000),
                             (@first, 'sell_in_list', @today - 31, 8000), (@first, 'sell_in_discount', @today - 31, 1000),
                             (@first, 'deals_registered', @today - 31, 4), (@first, 'deals_won', @today - 31, 1), (@first, 'deals_lost', @today - 31, 1)) as f (partner_id, metric, day, value);
                """, new { now, today, first = First.Partner.PartnerId, second = Second.Partner.PartnerId, below = below.Partner.PartnerId });
            // The first buys desk and lamp each week, the second twice the lamp alone, the others something else.
            await OrderedAsync(First.Partner, ["B-01", "B-02"], 30, 37, 44, 51, 58, 65);
            await OrderedAsync(Second.Partner, ["B-02"], 5, 6);
            await OrderedAsync(below.Partner, ["B-03"], 1, 2, 3, 4);
        }

        // The seller is the one above; orders of one day are one day of a rhythm.
        Task OrderedAsync(TestPartner buyer, string[] skus, params int[] daysAgo) => Database.ExecuteAsync("""
            set search_path = portal, public;
            with ordered as (
                insert into purchase_order (number, buyer_id, seller_id, origin, ordered_on, currency, line_count, total_amount, status, from_place_id, to_place_id, created_at, submitted_at)
                select 'PO-' || upper(substr(md5(random()::text || n), 1, 12)), @PartnerId, p.upstream_id, 'history', @today - n, 'USD', 2, 100, 'closed', null, stock_place_of(@PartnerId), @now, @now
                from unnest(@daysAgo) as n, partner p where p.partner_id = @PartnerId
                returning purchase_order_id, buyer_id, seller_id
            )
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, unit_price, amount)
            select o.purchase_order_id, o.buyer_id, o.seller_id, row_number() over (partition by o.purchase_order_id order by p.sku), p.product_id, 1, 50, 50 from ordered o, product p where p.sku = any (@skus)
            """, new { buyer.PartnerId, skus, daysAgo, today = Clock.Today, now = Clock.Now.UtcDateTime });
    }
}
