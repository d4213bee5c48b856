using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Kpis;
using Portal.Kpis.Boards;
using Portal.Verify;
using Portal.Web;
using Portal.Web.Lists;
using Support;

namespace Portal.Tests.Imports;

/// <summary>An empty portal into which the whole folder went, by the command line.</summary>
public sealed class RealChannel : PortalApp
{
    /// <summary>What the commands printed.</summary>
    public StringWriter Printed { get; } = new();

    /// <summary>Their exit codes.</summary>
    public List<int> Codes { get; } = [];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        if (!AdventureWorks.Folder.Exists)
        {
            return;
        }

        Clock.Now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        foreach (var kind in new[] { "partners", "products", "promotions", "orders" })
        {
            Codes.Add(await VerbAsync("import", kind, AdventureWorks.File(kind)));
        }

        await CopyRawAsync();
    }

    public Task<int> VerbAsync(string verb, params string[] arguments) => InScopeAsync(Caller.System("test"), services =>
        services.GetServices<IVerb>().Single(known => known.Name == verb).RunAsync(arguments, Printed, default));

    // The file as it is, for plain SQL to be compared with.
    async Task CopyRawAsync()
    {
        await using var connection = await Database.OpenAsync("superuser");
        await using (var create = new NpgsqlCommand("""
            create table public.raw_line (order_number text, order_date date, buyer_code text, line integer, sku text, quantity numeric, unit_price numeric, line_amount numeric);
            create table public.raw_partner (code text, name text, tier text, parent_code text, business_type text, territory text, country_code text, country text, state text, city text,
                                             postal_code text, address text, phone text, annual_sales numeric, employees integer, year_opened integer);
            create table public.raw_product (sku text, name text, category text, subcategory text, color text, size text, weight text, list_price numeric, standard_cost numeric)
            """, connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        foreach (var (table, kind) in new[] { ("public.raw_line", "orders"), ("public.raw_partner", "partners"), ("public.raw_product", "products") })
        {
            await using var copy = await connection.BeginTextImportAsync($"copy {table} from stdin (format csv, header)");
            await copy.WriteAsync(await System.IO.File.ReadAllTextAsync(AdventureWorks.File(kind)));
        }
    }
}

public sealed class TakingARealChannel(RealChannel channel) : IClassFixture<RealChannel>
{
    Task<List<T>> ListAsync<T>(string sql) => channel.Database.ListAsync<T>(sql);

    [AdventureWorksFact]
    public async Task All_of_it_is_taken()
    {
        Assert.True(channel.Codes.TrueForAll(code => code == 0), channel.Printed.ToString());
        Assert.Equal(["distributor 10", "reseller 222", "store 469"], await ListAsync<string>("select partner_type || ' ' || count(*) from partner where partner_type <> 'brand' group by partner_type order by 1"));
        Assert.Equal([("PartnerPortal", "PARTNERPORTAL", "US", "USD")], await ListAsync<(string, string, string, string)>("select name, code, country_code, currency from partner where partner_type = 'brand'"));
        Assert.Equal((295L, 295L, 4L, 16L), (await ListAsync<(long, long, long, long)>(
            "select (select count(*) from product), (select count(*) from price_book_entry where not isempty(valid)), (select count(*) from product_line), (select count(*) from price_rule)")).Single());
        Assert.Equal((3616L, 57851L, 632L), (await ListAsync<(long, long, long)>(
            "select (select count(*) from purchase_order), (select count(*) from purchase_order_line), (select count(distinct buyer_id) from purchase_order)")).Single());
        Assert.Equal(await ListAsync<decimal>("select sum(round(line_amount, 2)) from public.raw_line"), await ListAsync<decimal>("select sum(total_amount) from purchase_order"));
    }

    [AdventureWorksFact]
    public async Task Everybody_stands_below_whom_the_file_says() => Assert.Empty(await ListAsync<string>("""
        select r.code from public.raw_partner r
        left join partner p on p.code = r.code
        left join partner u on u.partner_id = p.upstream_id
        where p.code is null or coalesce(case when u.partner_type <> 'brand' then u.code end, '') <> coalesce(r.parent_code, '')
           or p.partner_type <> case r.tier when 'Distributor' then 'distributor' when 'SubDistributor' then 'reseller' else 'store' end
        """));

    [AdventureWorksFact]
    public async Task Orders_say_line_by_line_what_the_file_says() => Assert.Empty(await ListAsync<string>("""
        select 'missing ' || t::text from (
            select order_number, order_date, buyer_code, line, sku, quantity, unit_price, round(line_amount, 2) from public.raw_line
            except
            select o.external_number, o.ordered_on, b.code, l.line_number, p.sku, l.quantity, l.unit_price, l.amount
            from purchase_order o join purchase_order_line l using (purchase_order_id) join partner b on b.partner_id = o.buyer_id join product p using (product_id)
            where o.currency = 'USD' and o.status = 'closed') as t
        """));

    [AdventureWorksFact]
    public async Task What_partners_bought_by_month_is_the_sum_of_the_file()
    {
        Assert.Equal([0L], await ListAsync<long>("select count(*) from kpi_delta")); // folded: dashboards show it
        Assert.Empty(await ListAsync<string>("""
            with raw as (
                select p.partner_id, date_trunc('month', r.order_date)::date as month, sum(round(r.quantity * r.unit_price, 2)) as value
                from public.raw_line r join partner p on p.code = r.buyer_code group by 1, 2),
            kept as (
                select partner_id, date_trunc('month', day)::date as month, sum(value) as value from kpi_daily where metric = 'purchases' group by 1, 2)
            select partner_id || ' ' || month || ': ' || coalesce(raw.value::text, '-') || ' ' || coalesce(kept.value::text, '-')
            from raw full join kept using (partner_id, month) where raw.value is distinct from kept.value
            """));
    }

    [AdventureWorksFact]
    public async Task What_sellers_sold_is_what_those_below_them_bought()
    {
        Assert.Empty(await ListAsync<string>("""
            with raw as (
                select u.partner_id, case u.partner_type when 'brand' then 'sell_in' else 'sell_through' end as metric, p.partner_id as buyer_id, date_trunc('month', r.order_date)::date as month,
                       sum(round(r.quantity * r.unit_price, 2)) as value
                from public.raw_line r join partner p on p.code = r.buyer_code join partner u on u.partner_id = p.upstream_id group by 1, 2, 3, 4),
            expected as (
                select case metric when 'sell_in' then buyer_id else partner_id end as partner_id, metric, month, sum(value) as value from raw group by 1, 2, 3),
            kept as (
                select partner_id, metric, date_trunc('month', day)::date as month, sum(value) as value from kpi_daily where metric in ('sell_in', 'sell_through') group by 1, 2, 3)
            select partner_id || ' ' || metric || ' ' || month || ': ' || coalesce(expected.value::text, '-') || ' ' || coalesce(kept.value::text, '-')
            from expected full join kept using (partner_id, metric, month) where expected.value is distinct from kept.value
            """));
    }

    // Nothing of the portal's is asked for what is expected: the file's own codes, territories, categories and parents.
    [AdventureWorksFact]
    public async Task Sales_of_every_month_territory_product_category_and_partner_are_those_of_the_file()
    {
        Assert.Empty(await ListAsync<string>("""
            with raw as (
                select share.metric, share.code, date_trunc('month', r.order_date)::date as month, p.category, share.territory, sum(share.value) as value
                from public.raw_line r
                join public.raw_product p on p.sku = r.sku
                join public.raw_partner b on b.code = r.buyer_code
                left join public.raw_partner u on u.code = b.parent_code
                cross join lateral (values
                    ('purchases', b.code, b.territory, round(r.quantity * r.unit_price, 2)),
                    (case when u.code is null then 'sell_in' else 'sell_through' end, coalesce(u.code, b.code), coalesce(u.territory, b.territory), round(r.quantity * r.unit_price, 2)),
                    (case when u.code is null then 'sell_in_units' else 'sell_through_units' end, coalesce(u.code, b.code), coalesce(u.territory, b.territory), r.quantity)) as share (metric, code, territory, value)
                group by 1, 2, 3, 4, 5),
            kept as (
                select f.metric, p.code, f.month, l.name as category, t.name as territory, sum(f.own) as value
                from kpi_branch_month f
                join partner p using (partner_id)
                join product_line l using (product_line_id)
                left join territory t on t.territory_id = p.territory_id
                where f.metric in ('purchases', 'sell_in', 'sell_in_units', 'sell_through', 'sell_through_units') and f.own <> 0
                group by 1, 2, 3, 4, 5)
            select concat_ws(' ', metric, code, month, category, territory) || ': ' || coalesce(raw.value::text, '-') || ' ' || coalesce(kept.value::text, '-')
            from raw full join kept using (metric, code, month, category, territory) where raw.value is distinct from kept.value limit 20
            """));
        // by territory alone, as the brand reads it, against the days
        Assert.Empty(await ListAsync<string>("""
            with raw as (
                select date_trunc('month', r.order_date)::date as month, b.territory, p.category, sum(round(r.quantity * r.unit_price, 2)) as value
                from public.raw_line r join public.raw_product p on p.sku = r.sku join public.raw_partner b on b.code = r.buyer_code group by 1, 2, 3),
            kept as (
                select date_trunc('month', f.day)::date as month, t.name as territory, l.name as category, sum(f.value) as value
                from kpi_daily f join partner p using (partner_id) join territory t using (territory_id) join product_line l using (product_line_id)
                where f.metric = 'purchases' group by 1, 2, 3)
            select concat_ws(' ', month, territory, category) || ': ' || coalesce(raw.value::text, '-') || ' ' || coalesce(kept.value::text, '-')
            from raw full join kept using (month, territory, category) where raw.value is distinct from kept.value
            """));
    }

    [AdventureWorksFact]
    public async Task A_recomputation_of_all_of_it_changes_nothing_and_mends_what_was_changed()
    {
        const string All = "select md5(string_agg(concat_ws(',', partner_id, metric, product_line_id, day, trim_scale(value)), ';' order by partner_id, metric, product_line_id, day)) from kpi_daily where value <> 0";
        var before = await ListAsync<string>(All);
        Assert.Equal(0, await channel.VerbAsync("recompute", "kpis"));
        Assert.Equal(before, await ListAsync<string>(All));
        Assert.Contains("Recomputed 57,851 order lines", channel.Printed.ToString(), StringComparison.Ordinal);

        await channel.Database.ExecuteAsync("update kpi_daily set value = value + 1 where day between '2019-03-01' and '2019-03-05'; delete from kpi_branch_month where month = '2018-05-01'");
        Assert.Equal(0, await channel.VerbAsync("recompute", "kpis"));

        Assert.Equal(before, await ListAsync<string>(All));
        await Assert.ThrowsAsync<UsageException>(() => channel.VerbAsync("recompute", "everything"));
    }

    [AdventureWorksFact]
    public async Task Dashboards_show_these_sums_for_the_brand_and_for_a_distributor()
    {
        var partners = await ListAsync<(long Id, string Number, string Name, string Type, string? Code)>("select partner_id, number, name, partner_type, code from partner where partner_type in ('brand', 'distributor') order by partner_type, code");
        foreach (var (id, number, name, type, _) in partners)
        {
            var year = Period.Of(PeriodKind.Year, new DateOnly(2019, 1, 1));
            var figures = await channel.InScopeAsync(Caller.System("test"), services =>
                services.GetRequiredService<Dashboard>().ReadAsync(new BoardAsked(new BoardScope(new(id, number, name, null, type), year), new DateOnly(2026, 3, 2), "USD"), Panels.AtFirst(type), default));

            var expected = (await channel.Database.ListAsync<(decimal SellIn, decimal Purchases, decimal SellThrough)>("""
                select coalesce(sum(a.amount) filter (where u.partner_type = 'brand'), 0), coalesce(sum(a.amount), 0), coalesce(sum(a.amount) filter (where u.partner_type <> 'brand'), 0)
                from public.raw_line r
                cross join lateral (select round(r.quantity * r.unit_price, 2) as amount) as a
                join partner b on b.code = r.buyer_code
                join partner u on u.partner_id = b.upstream_id
                -- of the branch: sell-in counts for the buyer, sell-through for the seller
                where r.order_date between '2019-01-01' and '2019-12-31'
                  and case when u.partner_type = 'brand' then b.partner_id else u.partner_id end in (select l.partner_id from partner_line l where l.ancestor_id = @id)
                """, new { id })).Single();
            Assert.Equal(type == "brand" ? (Metric.SellIn, expected.SellIn) : (Metric.Purchases, expected.Purchases), (figures.Scope.Sales, figures.Sum(figures.Scope.Sales, year)));
            Assert.Equal(expected.SellThrough, figures.Sum(Metric.SellThrough, year));
            Assert.True(expected.SellIn > 0 || type != "brand", name);
        }
    }

    [AdventureWorksFact]
    public async Task A_figure_is_the_sum_of_the_rows_behind_it()
    {
        var year = Period.Of(PeriodKind.Year, new DateOnly(2019, 1, 1));
        var partners = await ListAsync<(long Id, string Number, string Name, string Type)>("""
            (select partner_id, number, name, partner_type from partner where partner_type = 'distributor' order by code limit 3)
            union all (select partner_id, number, name, partner_type from partner where partner_type not in ('brand', 'distributor') order by code limit 5)
            """);
        string[] metrics = [Metric.Purchases, Metric.SellIn, Metric.SellInUnits, Metric.SellThrough, Metric.SellThroughUnits, Metric.StockOnHand];
        var query = ListQuery.Read("", FigureRows.Rows);
        var told = 0m;
        foreach (var (id, number, name, type) in partners)
        {
            foreach (var metric in metrics)
            {
                var rows = await channel.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<FigureRows>().RowsAsync(new(new(id, number, name, null, type), year), id, metric, query, default));
                Assert.Equal((metric, number, rows.Figure), (metric, number, rows.Sum));
                told += rows.Figure;
            }
        }

        Assert.True(told > 0);
    }

    // The same three stand in docs/guide, worked out with a pocket calculator.
    [AdventureWorksFact]
    public async Task Scorecards_are_what_a_person_works_out_on_paper()
    {
        await channel.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into kpi_definition (number, name, name_zh, status, created_at) values ('K-PAPER-1', 'Purchases', '采购额', 'published', '2019-01-01Z'), ('K-PAPER-2', 'Sell-through', '分销额', 'published', '2019-01-01Z'), ('K-PAPER-3', 'Pieces', '件数', 'published', '2019-01-01Z');
            insert into kpi_version (kpi_definition_id, ordinal, status, valid, formula, unit, direction, period, created_at, created_by, published_at, published_by)
            select d.kpi_definition_id, 1, 'published', '(,)', v.formula, v.unit, 'up', 'quarter', '2019-01-01Z', 'U-TEST', '2019-01-01Z', 'U-TEST'
            from (values ('K-PAPER-1', 'purchases', 'money'), ('K-PAPER-2', 'sell_through', 'money'), ('K-PAPER-3', 'sell_through_units', 'pieces')) as v (number, formula, unit) join kpi_definition d using (number);
            insert into kpi_target (kpi_definition_id, partner_id, starts_on, period, value, set_at, set_by)
            select d.kpi_definition_id, p.partner_id, '2019-01-01', 'quarter', t.value, '2019-01-01Z', 'U-TEST'
            from (values ('K-PAPER-1', 60000), ('K-PAPER-2', 350000), ('K-PAPER-3', 1500)) as t (number, value) join kpi_definition d using (number) cross join partner p where p.code in ('AW00000514', 'AW00000072', 'AW00000502');
            insert into scorecard (number, name, name_zh, period, valid, created_at) values ('S-PAPER', 'On paper', '手算', 'quarter', '[2019-01-01,2019-04-01)', '2019-01-01Z');
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight, threshold, cap)
            select s.scorecard_id, d.kpi_definition_id, l.weight, l.threshold, l.cap
            from (values ('K-PAPER-1', 50, 0.8, 1.2), ('K-PAPER-2', 30, 0.5, 1.5), ('K-PAPER-3', 20, 0.0, 1.0)) as l (number, weight, threshold, cap) join kpi_definition d using (number) join scorecard s on s.number = 'S-PAPER'
            """);
        var period = Period.Parse("2019-Q1")!.Value;

        var scores = await channel.InScopeAsync(Caller.System("test"), async services =>
        {
            var kpis = services.GetRequiredService<KpiStore>();
            return await kpis.ScoresAsync(period, await kpis.ScorecardAsync(period, default), default);
        });

        Assert.Equal(
            [
                "1 Retail Mall: 54312.64 > 45.26, 396711.51 > 34.00, 1373 > 18.31 = 97.57", "2 Outdoor Equipment Store: 80673.49 > 60.00, 200201.33 > 17.16, 572 > 7.63 = 84.79",
                "3 Metropolitan Bicycle Supply: 33205.13 > 0.00, 61738.02 > 0.00, 235 > 3.13 = 3.13",
            ],
            scores.Select(score => string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{score.Rank} {score.PartnerName}: {string.Join(", ", score.Lines.Select(line => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line.Reached!.Actual:0.##} > {line.Points:0.00}")))} = {score.Points}")));
    }

    [AdventureWorksFact]
    public async Task Nothing_contradicts() => Assert.Empty(await channel.InScopeAsync(Caller.System("test"), async services =>
    {
        var findings = new List<string>();
        foreach (var check in services.GetServices<ICheck>())
        {
            findings.AddRange((await check.RunAsync(default)).Findings);
        }

        return findings;
    }));

    [AdventureWorksFact]
    public async Task A_second_time_partners_products_and_promotions_change_nothing_and_orders_are_refused()
    {
        var before = (await ListAsync<string>("select (select count(*) from audit_entry where action not like 'import.%') || ' ' || (select sum(version) from partner) || ' ' || (select sum(version) from product)")).Single();

        foreach (var kind in new[] { "partners", "products", "promotions" })
        {
            Assert.Equal(0, await channel.VerbAsync("import", kind, AdventureWorks.File(kind)));
        }

        Assert.Equal([before], await ListAsync<string>("select (select count(*) from audit_entry where action not like 'import.%') || ' ' || (select sum(version) from partner) || ' ' || (select sum(version) from product)"));
    }

    [AdventureWorksFact]
    public async Task What_is_exported_is_imported_again_as_it_was()
    {
        await using var copy = new EmptyPortal();
        await copy.InitializeAsync();
        var folder = Directory.CreateTempSubdirectory("partnerportal-export-").FullName;
        try
        {
            foreach (var (kind, ending) in new[] { ("partners", "csv"), ("products", "xlsx"), ("prices", "csv"), ("promotions", "xlsx"), ("orders", "csv") })
            {
                Assert.Equal(0, await channel.VerbAsync("export", kind, Path.Combine(folder, $"{kind}.{ending}")));
                Assert.True(await copy.VerbAsync("import", kind, Path.Combine(folder, $"{kind}.{ending}")) == 0, copy.Printed.ToString());
            }

            foreach (var sql in new[]
                     {
                         "select p.code || p.name || p.partner_type || coalesce(u.code, '') || coalesce(t.name, '') || coalesce(p.address, '') || coalesce(p.annual_sales::text, '') from partner p left join partner u on u.partner_id = p.upstream_id left join territory t on t.territory_id = p.territory_id where p.partner_type <> 'brand' order by p.code",
                         "select p.sku || p.name || l.code || coalesce(p.category, '') || coalesce(p.weight::text, '') || coalesce(c.unit_cost::text, '') from product p join product_line l using (product_line_id) left join product_cost c using (product_id) order by p.sku",
                         "select k.code || k.currency || p.sku || e.unit_price || e.valid from price_book_entry e join price_book k using (price_book_id) join product p using (product_id) where not isempty(e.valid) order by 1",
                         "select r.code || r.name || r.kind || r.audience || r.discount_rate || r.min_quantity || coalesce(r.max_quantity::text, '') || r.valid || (select count(*) from price_rule_product x where x.price_rule_id = r.price_rule_id) from price_rule r order by r.code",
                         "select o.external_number || b.code || o.ordered_on || l.line_number || p.sku || l.quantity || l.unit_price || l.amount from purchase_order o join purchase_order_line l using (purchase_order_id) join partner b on b.partner_id = o.buyer_id join product p using (product_id) order by 1",
                     })
            {
                Assert.Equal(await ListAsync<string>(sql), await copy.Database.ListAsync<string>(sql));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>An empty portal with its command line.</summary>
    sealed class EmptyPortal : PortalApp, IAsyncDisposable
    {
        public StringWriter Printed { get; } = new();

        public Task<int> VerbAsync(string verb, params string[] arguments) => InScopeAsync(Caller.System("test"), services =>
            services.GetServices<IVerb>().Single(known => known.Name == verb).RunAsync(arguments, Printed, default));

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }
}
