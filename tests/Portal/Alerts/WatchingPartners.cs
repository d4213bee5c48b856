using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Alerts;
using Portal.Tests.Deals;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Alerts;

/// <summary>A brand that watches its partners: orders are entered as history, the rules by its administrator, and the job looks when a test says so.</summary>
public class WatchedChannel : ClaimingPartners
{
    public TestPerson Manager { get; private set; } = null!;

    public TestPerson Administrator { get; private set; } = null!;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Webhooks:AllowedNetworksOfAll"] = "127.0.0.0/8" };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteAsync("""
            with line as (insert into portal.product_line (code, name, name_zh) values ('CHAIR', 'Chairs', '椅') returning product_line_id)
            insert into portal.product (sku, name, name_zh, product_line_id, status, created_at) select sku, 'Chair ' || sku, '椅子 ' || sku, product_line_id, 'active', @now from line, unnest(array['A-01', 'A-02']) as sku
            """, new { now = Clock.Now.UtcDateTime });
        Administrator = await Given.SomebodyOfTheBrand("brand_admin", "channel_manager");
        Manager = await Given.SomebodyOfTheBrand("channel_manager");
    }

    /// <summary>What the job does each hour.</summary>
    public Task<Evaluated> LookAsync() => InScopeAsync(Caller.System("job:evaluate-alerts"), services => services.GetRequiredService<EvaluateAlerts>().RunAsync(CancellationToken.None));

    /// <summary>A rule, for the partners of a territory of its own: no test sees what another raises.</summary>
    public async Task<string> ARuleAsync(string kind, decimal threshold, string territory, bool partner = false, bool upstream = false, bool brand = true)
    {
        var made = await Api(Administrator).PostAsync("/api/v1/alert-rules", new
        {
            name = $"{kind} {territory}", kind, threshold, territories = new[] { territory }, tellsBrand = brand, tellsPartner = partner, tellsUpstream = upstream, activeFrom = Clock.Today.AddDays(-1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        });
        Assert.True(made.Status is HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("number").GetString()!;
    }

    /// <summary>Puts partners into a territory, which is made for it.</summary>
    public Task InTerritoryAsync(string code, params long[] partners) => Database.ExecuteAsync("""
        with made as (insert into portal.territory (code, name, name_zh) values (@code, @code, @code) on conflict (code) do update set name = excluded.name returning territory_id)
        update portal.partner set territory_id = (select territory_id from made) where partner_id = any (@partners)
        """, new { code, partners });

    /// <summary>Who looks after a partner.</summary>
    public Task LooksAfterAsync(TestPerson manager, long partnerId) => Database.ExecuteAsync("insert into portal.partner_channel_manager (partner_id, person_id) values (@partnerId, @PersonId)", new { partnerId, manager.PersonId });

    /// <summary>Orders of the past, so many days ago.</summary>
    public Task OrderedAsync(TestPartner buyer, params int[] daysAgo) => Database.ExecuteAsync("""
        set search_path = portal, public;
        insert into purchase_order (number, buyer_id, seller_id, origin, ordered_on, currency, line_count, total_amount, status, to_place_id, created_at, submitted_at)
        select 'PO-' || upper(substr(md5(random()::text || n), 1, 12)), @PartnerId, p.upstream_id, 'history', @today - n, 'CNY', 1, 100, 'closed', stock_place_of(@PartnerId), @now, @now
        from unnest(@daysAgo) as n, partner p where p.partner_id = @PartnerId
        """, new { buyer.PartnerId, daysAgo, today = Clock.Today, now = Clock.Now.UtcDateTime });

    /// <summary>The alerts of a partner that hold, as the database has them.</summary>
    public Task<List<string>> StandingAsync(TestPartner partner) => Database.ListAsync<string>("select number from portal.alert where partner_id = @PartnerId and ended_at is null order by alert_id", new { partner.PartnerId });
}

public sealed class WatchingPartners(WatchedChannel portal) : IClassFixture<WatchedChannel>
{
    [Fact]
    public async Task An_alert_is_raised_once_ends_by_itself_and_is_raised_anew_when_it_comes_back()
    {
        var silent = (await portal.Given.ADistributor("沉默商贸")).Partner;
        await portal.InTerritoryAsync("T-SILENT", silent.PartnerId);
        await portal.LooksAfterAsync(portal.Manager, silent.PartnerId);
        await portal.OrderedAsync(silent, 45);
        await portal.ARuleAsync("no_order", 30, "T-SILENT");
        await portal.MailsAsync();

        await portal.LookAsync();
        await portal.LookAsync();

        var first = Assert.Single(await portal.StandingAsync(silent));
        var told = Assert.Single((await portal.SignIn(portal.Manager).GetAsync("/notifications")).All(".notification-open"), one => one.Contains("沉默商贸", StringComparison.Ordinal));
        Assert.StartsWith("沉默商贸: no order for 45 days, the last on ", told, StringComparison.Ordinal);
        var mail = Assert.Single(await portal.MailsAsync(), mail => mail.Subject.Contains("沉默商贸", StringComparison.Ordinal));
        Assert.Contains("https://portal.test/alerts/" + first, mail.Text, StringComparison.Ordinal);

        await portal.OrderedAsync(silent, 0);
        await portal.LookAsync();
        Assert.Empty(await portal.StandingAsync(silent));
        Assert.Contains("Holds no longer", (await portal.SignIn(portal.Manager).GetAsync("/alerts/" + first)).Words, StringComparison.Ordinal);

        await portal.Database.ExecuteAsync("delete from portal.purchase_order where buyer_id = @PartnerId and ordered_on = @today", new { silent.PartnerId, today = portal.Clock.Today });
        await portal.LookAsync();
        var second = Assert.Single(await portal.StandingAsync(silent));
        Assert.NotEqual(first, second);
        Assert.NotNull((await portal.SignIn(portal.Manager).GetAsync("/alerts/" + second)).Document.QuerySelector($"a[href='/alerts/{first}']"));
        // Told by the bell, and within a week not mailed again.
        Assert.Empty(await portal.MailsAsync());
    }

    [Fact]
    public async Task Instances_that_look_at_once_raise_one_alert()
    {
        var partner = (await portal.Given.ADistributor("同时商贸")).Partner;
        await portal.InTerritoryAsync("T-ONCE", partner.PartnerId);
        await portal.OrderedAsync(partner, 100);
        await portal.ARuleAsync("no_order", 30, "T-ONCE");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => portal.LookAsync()));

        Assert.Single(await portal.StandingAsync(partner));
        Assert.Equal(1, Assert.Single(await portal.Database.ListAsync<int>("select count(*)::int from portal.alert_step s join portal.alert a using (alert_id) where a.partner_id = @PartnerId", new { partner.PartnerId })));
    }

    [Fact]
    public async Task A_rhythm_is_broken_by_its_own_measure()
    {
        var (weekly, monthly, lately) = ((await portal.Given.ADistributor("每周采购")).Partner, (await portal.Given.ADistributor("每月采购")).Partner, (await portal.Given.ADistributor("新近采购")).Partner);
        await portal.InTerritoryAsync("T-RHYTHM", weekly.PartnerId, monthly.PartnerId, lately.PartnerId);
        // Each was silent for 25 days: too long for who buys each week, not for who buys each month, and who has bought three times has no rhythm yet.
        await portal.OrderedAsync(weekly, 25, 32, 39, 46, 53, 60);
        await portal.OrderedAsync(monthly, 25, 55, 85, 115, 145);
        await portal.OrderedAsync(lately, 25, 30, 35);
        await portal.ARuleAsync("rhythm", 2, "T-RHYTHM");

        await portal.LookAsync();

        var number = Assert.Single(await portal.StandingAsync(weekly));
        Assert.Empty(await portal.StandingAsync(monthly));
        Assert.Empty(await portal.StandingAsync(lately));
        var page = await portal.SignIn(portal.Manager).GetAsync("/alerts/" + number);
        // Seven days between orders, a quarter of that at least as the spread, two of them: broken after eleven.
        Assert.StartsWith("每周采购: silent for 25 days, usually an order every 7 days, broken after 11", page.Text("h1"), StringComparison.Ordinal);
        Assert.Equal(6, page.All("#alert-rows ~ *, table tbody tr").Count(row => row.Contains("PO-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Behind_the_run_rate_is_told_of_what_adds_up_and_not_before_a_fifth_of_the_period()
    {
        var (behind, ahead) = ((await portal.Given.ADistributor("落后商贸")).Partner, (await portal.Given.ADistributor("领先商贸")).Partner);
        await portal.InTerritoryAsync("T-PACE", behind.PartnerId, ahead.PartnerId);
        // The next year, for clocks do not go back.
        var year = portal.Clock.Today.Year + 1;
        await portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into kpi_definition (number, name, name_zh, status, created_at) values ('K-PACE', 'Registered deals', '报备数', 'published', now()), ('K-RATE', 'Win rate', '赢单率', 'published', now());
            insert into kpi_version (kpi_definition_id, ordinal, status, valid, formula, unit, direction, period, created_at, created_by, published_at, published_by)
            select kpi_definition_id, 1, 'published', '(,)', case number when 'K-PACE' then 'deals_registered' else 'win_rate' end, case number when 'K-PACE' then 'count' else 'ratio' end, 'up', 'year', now(), 'T', now(), 'T' from kpi_definition where number in ('K-PACE', 'K-RATE');
            insert into kpi_target (kpi_definition_id, partner_id, starts_on, period, value, set_at, set_by)
            select kpi_definition_id, partner_id, make_date(@year, 1, 1), 'year', case number when 'K-PACE' then make_date(@year + 1, 1, 1) - make_date(@year, 1, 1) else 0.5 end, now(), 'T' from kpi_definition, unnest(@partners) as partner_id where number in ('K-PACE', 'K-RATE');
            insert into kpi_delta (partner_id, metric, day, value) select partner_id, 'deals_registered', make_date(@year, 1, 1), value from unnest(@partners, @values) as f (partner_id, value);
            select kpi_fold()
            """, new { year, partners = new[] { behind.PartnerId, ahead.PartnerId }, values = new[] { 50m, 300m } });
        await portal.ARuleAsync("run_rate", 80, "T-PACE", partner: true);

        portal.Clock.Now = new DateTimeOffset(year, 1, 1, 12, 0, 0, TimeSpan.Zero).AddDays(150);
        await portal.LookAsync();
        var number = Assert.Single(await portal.StandingAsync(behind));
        Assert.Empty(await portal.StandingAsync(ahead));
        var page = await portal.SignIn(portal.Manager).GetAsync("/alerts/" + number);
        Assert.StartsWith($"落后商贸: 33.3 % of the run rate of Registered deals in {year}", page.Text("h1"), StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector($"a[href='/kpis?partner={behind.Number}&period={year}']"));

        // In the year's first weeks nobody is behind: with the period what was raised in it ends.
        portal.Clock.Now = new DateTimeOffset(year + 1, 1, 20, 12, 0, 0, TimeSpan.Zero);
        await portal.LookAsync();
        Assert.Empty(await portal.StandingAsync(behind));
    }

    [Fact]
    public async Task Stock_that_is_not_sold_is_told_after_a_month_and_slow_stock_by_its_pace()
    {
        var (dead, slow) = ((await portal.Given.ADistributor("滞销商贸")).Partner, (await portal.Given.ADistributor("慢销商贸")).Partner);
        await portal.InTerritoryAsync("T-STOCK", dead.PartnerId, slow.PartnerId);
        await portal.Given.Stock(dead, "A-01", 40);
        await portal.Given.Stock(slow, "A-02", 200);
        await portal.Database.ExecuteAsync("set search_path = portal, public; select kpi_fold(); insert into kpi_daily (partner_id, metric, product_line_id, day, value) select @PartnerId, 'sell_out_units', product_line_id, @today, 90 from product_line where code = 'CHAIR'",
            new { slow.PartnerId, today = portal.Clock.Today });
        await portal.ARuleAsync("stock_days", 90, "T-STOCK", partner: true);

        await portal.LookAsync();
        Assert.Empty(await portal.StandingAsync(dead));
        var number = Assert.Single(await portal.StandingAsync(slow));
        portal.Clock.Advance(TimeSpan.FromDays(31));
        await portal.LookAsync();

        Assert.StartsWith("慢销商贸: stock of Chairs lasts 200 days", (await portal.SignIn(portal.Manager).GetAsync("/alerts/" + number)).Text("h1"), StringComparison.Ordinal);
        var unsold = await portal.SignIn(portal.Manager).GetAsync("/alerts/" + Assert.Single(await portal.StandingAsync(dead)));
        Assert.StartsWith("滞销商贸: 40 pieces of Chairs in stock and none sold in 90 days", unsold.Text("h1"), StringComparison.Ordinal);
        Assert.Contains("A-01", unsold.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protection_without_quote_or_order_is_told_to_the_partner_and_the_deal_desk_and_to_nobody_above()
    {
        var claimant = await portal.Given.ADistributor("占而不用商贸");
        await portal.InTerritoryAsync("T-CLAIM", claimant.Partner.PartnerId);
        var deal = await portal.ApprovedAsync(claimant, portal.Deal("苏州待售客户有限公司"));
        await portal.ARuleAsync("protection_unused", 14, "T-CLAIM", partner: true);
        await portal.LookAsync();
        Assert.Empty(await portal.StandingAsync(claimant.Partner));

        portal.Clock.Advance(TimeSpan.FromDays(15));
        await portal.LookAsync();

        var number = Assert.Single(await portal.StandingAsync(claimant.Partner));
        foreach (var person in new[] { claimant, portal.DealDesk })
        {
            Assert.Contains((await portal.SignIn(person).GetAsync("/notifications")).All(".notification-open"), told => told.Contains("苏州待售客户有限公司 protected for 15 days without a quote or an order", StringComparison.Ordinal));
            Assert.NotNull((await portal.SignIn(person).GetAsync("/alerts/" + number)).Document.QuerySelector($"table a[href='/deals/{deal}']"));
        }

        var refused = await portal.Api(portal.Administrator).PostAsync("/api/v1/alert-rules", new { name = "Told too far", kind = "protection_unused", threshold = 14, tellsUpstream = true, activeFrom = "2026-01-01" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("tellsUpstream", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receivables_over_the_limit_are_told_to_finance_with_the_unpaid_invoices()
    {
        var finance = await portal.Given.SomebodyOfTheBrand("finance");
        var debtor = await portal.Given.ADistributor("超额商贸");
        await portal.InTerritoryAsync("T-LIMIT", debtor.Partner.PartnerId);
        await portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into credit_limit (seller_id, buyer_id, currency, amount, valid, reason, set_at) select upstream_id, partner_id, 'CNY', 1000, '[2020-01-01,)', 'agreed', now() from partner where partner_id = @PartnerId;
            insert into ledger_account (seller_id, buyer_id, currency, kind, balance) select upstream_id, partner_id, 'CNY', 'receivable', 1500 from partner where partner_id = @PartnerId;
            """, new { debtor.Partner.PartnerId });
        await portal.ARuleAsync("over_limit", 100, "T-LIMIT");

        await portal.LookAsync();

        var number = Assert.Single(await portal.StandingAsync(debtor.Partner));
        Assert.Contains((await portal.SignIn(finance).GetAsync("/notifications")).All(".notification-open"), told => told.Replace('\u00A0', ' ') == "超额商贸 owes CNY 1,500.00 to Northlight, the limit is CNY 1,000.00");
        // Not told: the rule does not name the partner.
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(debtor).GetAsync("/alerts/" + number)).Status);
        Assert.Contains((await portal.SignIn(finance).GetAsync("/")).All(".waiting"), line => line.Contains("超额商贸 owes", StringComparison.Ordinal) && line.Contains("Receivables over limit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_new_alerts_are_one_mail_in_the_readers_language()
    {
        var manager = await portal.Given.SomebodyOfTheBrand("channel_manager");
        await portal.Database.ExecuteAsync("update portal.person set language = 'zh-CN' where person_id = @PersonId", new { manager.PersonId });
        var partners = new List<long>();
        for (var at = 0; at < 3; at++)
        {
            var partner = (await portal.Given.ADistributor($"多条{at}号商贸")).Partner;
            await portal.OrderedAsync(partner, 60 + at);
            await portal.LooksAfterAsync(manager, partner.PartnerId);
            partners.Add(partner.PartnerId);
        }

        await portal.InTerritoryAsync("T-MANY", [.. partners]);
        await portal.ARuleAsync("no_order", 30, "T-MANY");
        await portal.MailsAsync();

        await portal.LookAsync();

        var mail = Assert.Single(await portal.MailsAsync(), mail => mail.Text.Contains("多条1号商贸", StringComparison.Ordinal));
        Assert.Equal("3 条新预警", mail.Subject);
        Assert.Contains("多条2号商贸：已 62 天未下单", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_is_over_ends_what_it_raised()
    {
        var partner = (await portal.Given.ADistributor("规则结束商贸")).Partner;
        await portal.InTerritoryAsync("T-OVER", partner.PartnerId);
        await portal.OrderedAsync(partner, 50);
        var rule = await portal.ARuleAsync("no_order", 30, "T-OVER");
        await portal.LookAsync();
        Assert.Single(await portal.StandingAsync(partner));

        await portal.Database.ExecuteAsync("update portal.alert_rule set active_until = active_from where number = @rule", new { rule });
        portal.Clock.Advance(TimeSpan.FromDays(1));
        await portal.LookAsync();

        Assert.Empty(await portal.StandingAsync(partner));
    }
}
