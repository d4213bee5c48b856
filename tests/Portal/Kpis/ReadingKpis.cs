using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

public sealed class ReadingKpis(ReadingKpis.MeasuredChannel portal) : IClassFixture<ReadingKpis.MeasuredChannel>
{
    [Fact]
    public async Task The_brand_defines_a_kpi_sets_a_target_and_sees_how_far_it_is_reached()
    {
        var manager = portal.SignIn(portal.Manager);
        var defined = await manager.SubmitAsync("/kpis/definitions/new", ("Name", "Registered deals a month"), ("NameZh", "月度报备数"), ("Metric", "deals_registered"), ("Direction", "up"), ("Period", "month"));
        Assert.Equal("/kpis/targets", defined.Path.Split('?')[0]);

        var cell = $"cells[{portal.First.Partner.Number}|2026-03]";
        var stored = await manager.SubmitAsync(defined, (cell, "4"));
        Assert.Equal("4", stored.Value(cell));

        var board = await manager.GetAsync("/kpis?period=2026-03");
        Assert.Contains("75%", board.Words, StringComparison.Ordinal);
        // The partner sees its own; its rival sees nothing of it.
        Assert.Contains("75%", (await portal.SignIn(portal.First).GetAsync("/kpis?period=2026-03")).Words, StringComparison.Ordinal);
        Assert.DoesNotContain("75%", (await portal.SignIn(portal.Second).GetAsync("/kpis?period=2026-03")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Second).GetAsync($"/kpis?partner={portal.First.Partner.Number}")).Status);
    }

    [Fact]
    public async Task A_target_that_is_no_number_keeps_what_was_typed_and_says_what_to_do()
    {
        var manager = portal.SignIn(portal.Manager);
        var grid = await manager.GetAsync("/kpis/targets?year=2026");
        var cell = grid.Document.QuerySelector("input[name^='cells[P-']")!.GetAttribute("name")!;

        var refused = await manager.SubmitAsync(grid, (cell, "many"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("many", refused.Value(cell));
        Assert.NotEmpty(refused.All(".field-problem"));
    }

    [Fact]
    public async Task An_emptied_cell_removes_its_target_and_one_set_meanwhile_by_somebody_else_stays()
    {
        var manager = portal.SignIn(portal.Manager);
        string Cell(string level) => $"cells[level:{level}|2028-Q1]";
        var stored = await manager.SubmitAsync(await manager.GetAsync("/kpis/targets?kpi=K-DEALS&year=2028"), (Cell("gold"), "7"));
        await portal.Database.ExecuteAsync("""
            insert into portal.kpi_target (kpi_definition_id, partner_level, starts_on, period, value, set_at, set_by)
            select kpi_definition_id, 'silver', '2028-01-01', 'quarter', 8, @later, 'U-TEST' from portal.kpi_definition where number = 'K-DEALS'
            """, new { later = portal.Clock.Now.UtcDateTime.AddMinutes(1) });

        var emptied = await manager.SubmitAsync(stored, (Cell("gold"), ""));

        Assert.Contains("1 was removed", emptied.Text(".flash"));
        Assert.Equal("", emptied.Value(Cell("gold")));
        Assert.Equal("8", emptied.Value(Cell("silver")));
    }

    [Fact]
    public async Task Two_who_work_on_one_grid_lose_nothing_of_each_other_and_are_asked_about_the_same_cell()
    {
        var manager = portal.SignIn(portal.Manager);
        string Cell(string level) => $"cells[level:{level}|2029-Q1]";
        var path = "/kpis/targets?kpi=K-DEALS&year=2029";
        await manager.SubmitAsync(path, (Cell("gold"), "10"), (Cell("silver"), "8"));
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        var mine = await manager.GetAsync(path);
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        await manager.SubmitAsync(path, (Cell("gold"), "12"));

        var another = await manager.SubmitAsync(mine, (Cell("silver"), "9"));
        Assert.Equal(("12", "9"), (another.Value(Cell("gold")), another.Value(Cell("silver"))));

        var same = await manager.SubmitAsync(mine, (Cell("gold"), "11"));
        Assert.Equal((HttpStatusCode.Conflict, "11"), (same.Status, same.Value(Cell("gold"))));
        Assert.Contains("Somebody else has set this to 12 meanwhile", same.Words, StringComparison.Ordinal);
        Assert.Equal("9", same.Value(Cell("silver")));

        var again = await manager.SubmitAsync(same, (Cell("gold"), "11"));
        Assert.Equal(("11", "9"), (again.Value(Cell("gold")), again.Value(Cell("silver"))));
    }

    [Fact]
    public async Task A_partner_may_look_at_targets_and_not_set_them()
    {
        var sales = portal.SignIn(portal.First);

        var grid = await sales.GetAsync("/kpis/targets?year=2026");

        Assert.Empty(grid.Document.QuerySelectorAll("input[name^='cells[']"));
        Assert.Equal(HttpStatusCode.Forbidden, (await sales.GetAsync("/kpis/definitions/new")).Status);
    }

    [Fact]
    public async Task The_ranking_is_paged_searched_and_shares_ranks_of_equals()
    {
        var manager = portal.SignIn(portal.Manager);

        var all = await manager.GetAsync("/kpis/scorecards?period=2026-Q1");
        Assert.Equal(["1", "2", "2"], all.All("tbody td:first-child"));
        Assert.Equal("First", all.All("tbody td:nth-child(2)")[0]);

        var found = await manager.GetAsync("/kpis/scorecards?period=2026-Q1&q=third");
        Assert.Equal(["2"], found.All("tbody td:first-child"));
        Assert.Equal("2026-Q1", found.Value("period"));

        var turned = await manager.GetAsync("/kpis/scorecards?period=2026-Q1&sort=-rank");
        Assert.Equal("First", turned.All("tbody td:nth-child(2)")[^1]);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/kpis/scorecards?period=nonsense")).Status);
    }

    [Fact]
    public async Task A_partner_sees_its_own_line_of_the_ranking_and_no_peers()
    {
        var page = await portal.SignIn(portal.First).GetAsync("/kpis/scorecards?period=2026-Q1");

        Assert.Equal(["First"], page.All("tbody td:nth-child(2)"));
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.First).GetAsync($"/kpis/scorecards/{portal.Second.Partner.Number}")).Status);
    }

    [Fact]
    public async Task A_scorecard_is_given_out_on_paper_to_whoever_may_see_it()
    {
        var path = $"/kpis/scorecards/{portal.First.Partner.Number}";
        var first = portal.SignIn(portal.First);
        Assert.NotNull((await first.GetAsync(path + "?period=2026-Q1")).Document.QuerySelector($"a[href='{path}/pdf?period=2026-Q1']"));

        var pdf = await first.GetAsync(path + "/pdf?period=2026-Q1&language=zh-CN");

        Assert.Equal((HttpStatusCode.OK, "application/pdf"), (pdf.Status, pdf.Header("Content-Type")));
        Assert.Equal(HttpStatusCode.OK, (await portal.Api(portal.Manager).GetAsync($"/api/v1/kpis/scorecards/{portal.First.Partner.Number}/pdf?period=2026-Q1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await first.GetAsync($"/kpis/scorecards/{portal.Second.Partner.Number}/pdf")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await first.GetAsync(path + "/pdf?period=nonsense")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(portal.Manager).GetAsync($"/api/v1/kpis/scorecards/{portal.First.Partner.Number}/pdf?period=nonsense")).Status);
    }

    /// <summary>Three distributors with a quarter's target of deals; the first registered three in March 2026, the others none.</summary>
    public sealed class MeasuredChannel : PortalApp
    {
        public TestPerson Manager { get; private set; } = null!;

        public TestPerson First { get; private set; } = null!;

        public TestPerson Second { get; private set; } = null!;

        public TestPartner Third { get; private set; } = null!;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Manager = await Given.SomebodyOfTheBrand("brand_admin", "channel_manager");
            First = await Given.ADistributor("First");
            Second = await Given.ADistributor("Second");
            Third = (await Given.ADistributor("Third")).Partner;
            await Database.ExecuteAsync("""
                set search_path = portal, public;
                insert into kpi_definition (number, name, name_zh, status, created_at) values ('K-DEALS', 'Registered deals', '报备数', 'published', '2026-01-01Z');
                insert into kpi_version (kpi_definition_id, ordinal, status, valid, formula, unit, direction, period, created_at, created_by, published_at, published_by)
                select kpi_definition_id, 1, 'published', '(,)', 'deals_registered', 'count', 'up', 'quarter', '2026-01-01Z', 'U-TEST', '2026-01-01Z', 'U-TEST' from kpi_definition;
                insert into kpi_target (kpi_definition_id, partner_id, starts_on, period, value, set_at, set_by) select kpi_definition_id, partner_id, '2026-01-01', 'quarter', 6, '2026-01-01Z', 'U-TEST' from kpi_definition, partner where partner_type <> 'brand';
                insert into scorecard (number, name, name_zh, period, valid, created_at) values ('S-1', 'Card', '卡', 'quarter', '[2026-01-01,)', '2026-01-01Z');
                insert into scorecard_line (scorecard_id, kpi_definition_id, weight) select scorecard_id, kpi_definition_id, 100 from scorecard, kpi_definition;
                """);
            await InScopeAsync(Caller.System("test"), async services =>
            {
                var db = services.GetRequiredService<Db>();
                await db.InTransactionAsync(() => services.GetRequiredService<KpiFacts>().AddAsync([new(First.Partner.PartnerId, Metric.DealsRegistered, null, new(2026, 3, 12), 3)], default), default);
                await db.OneAsync<long>("select kpi_fold()", null, default);
            });
        }
    }
}
