using System.Net;
using Support;

namespace Portal.Tests.Kpis.Boards;

public sealed class ReadingBoards(BoardChannel portal) : IClassFixture<BoardChannel>
{
    [Fact]
    public async Task The_dashboard_is_narrowed_by_territory_type_level_and_product_line_and_the_address_says_how()
    {
        var manager = portal.SignIn(portal.Manager);

        async Task<string> Largest(string query) => string.Join('|', (await manager.GetAsync("/kpis?period=2026-Q1&type=store&" + query)).All(".panel-table tbody tr td:first-child"));

        // Sell-in is what distributors buy of the brand: stores have none of it.
        Assert.DoesNotContain("Store", await Largest(""), StringComparison.Ordinal);
        var grades = await manager.GetAsync("/kpis/panels/grades?period=2026-Q1&territory=NORTH&type=store&level=silver&line=DESKS");
        Assert.Equal(["Store 6", "Store 5", "Store 4", "Store 3", "Store 2", "Store 1"], grades.All(".panel-table tbody td:nth-child(3)"));
        Assert.Equal(["A", "A", "B", "C", "C", "D"], grades.All(".panel-table tbody td:nth-child(1)"));
        Assert.Contains("territory=NORTH", grades.Document.QuerySelector("a[href^='/kpis?period=2026-Q1']")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("period=nonsense")]
    [InlineData("territory=NOWHERE")]
    [InlineData("line=NOTHING")]
    [InlineData("type=brand")]
    [InlineData("level=diamond")]
    [InlineData("partner=P-NOBODY")]
    public async Task An_address_that_names_what_is_not_there_leads_nowhere(string query)
    {
        var manager = portal.SignIn(portal.Manager);

        foreach (var path in new[] { "/kpis", "/kpis/panels/forecast", "/kpis/panels/forecast/export", "/kpis/rows/purchases", "/kpis/rows/purchases/export" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"{path}?{query}")).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/kpis/panels/nothing")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/kpis/rows/nothing")).Status);
    }

    [Fact]
    public async Task The_period_before_or_the_year_before_is_compared_with_as_the_address_says()
    {
        var store = portal.SignIn(portal.Stores[0]);

        string Change(Page page) => page.Document.QuerySelector(".figure-note")!.TextContent;
        Assert.Contains("2026-01", Change(await store.GetAsync("/kpis?period=2026-02&against=previous")), StringComparison.Ordinal);
        Assert.Contains("2025-02", Change(await store.GetAsync("/kpis?period=2026-02")), StringComparison.Ordinal);
        Assert.DoesNotContain("202", Change(await store.GetAsync("/kpis?period=2026-02&against=none")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_are_told_as_rounded_quartiles_and_by_nobodys_name()
    {
        // Store 3 of the silver ones: 1, 2, 4, 5, 6 and the far store are its peers, buying 300 to 2,400 in the quarter.
        var page = await portal.SignIn(portal.Stores[2]).GetAsync("/kpis/panels/peers?period=2026-Q1");

        Assert.Contains("6 partners of the same type and level", page.Words, StringComparison.Ordinal);
        Assert.Equal("900.00", page.Document.QuerySelector("tbody tr:first-child td:nth-child(2)")!.TextContent.Trim()[4..]);
        Assert.DoesNotContain("Store 1", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("Far store", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_figure_that_is_made_of_others_shows_them_and_leads_on_to_each()
    {
        var page = await portal.SignIn(portal.Distributor).GetAsync("/kpis/rows/win_rate?period=2026-Q1");

        Assert.NotEmpty(page.Text("[data-figure]"));
        Assert.Equal(["deals_won", "deals_lost", "deals_expired"], page.Document.QuerySelectorAll("[data-part]").Select(part => part.GetAttribute("data-part")!));
        Assert.All(page.Document.QuerySelectorAll("[data-part]"), part => Assert.StartsWith($"/kpis/rows/{part.GetAttribute("data-part")}?", part.QuerySelector("a")!.GetAttribute("href"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fewer_than_five_peers_are_not_told_at_all()
    {
        // Two distributors: the other's figures would stand there for everybody to read.
        var page = await portal.SignIn(portal.Distributor).GetAsync("/kpis/panels/peers?period=2026-Q1");

        Assert.Empty(page.All("tbody tr"));
        Assert.Contains("fewer than five", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gold_store_among_silver_ones_is_compared_with_stores_of_any_level()
    {
        var page = await portal.SignIn(portal.Stores[6]).GetAsync("/kpis/panels/peers?period=2026-Q1");

        Assert.Contains("7 partners of the same type, for those of the same level are too few", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_opens_a_panel_the_rows_or_a_file_of_a_branch_that_is_not_below()
    {
        var other = portal.SignIn(portal.Other);
        var store = portal.Stores[0].Partner.Number;

        foreach (var panel in Portal.Kpis.Boards.Panels.All)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/kpis/panels/{panel.Name}?partner={store}&period=2026-Q1")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/kpis/panels/{panel.Name}/export?partner={store}&period=2026-Q1")).Status);
            // Narrowing does not reach beyond one's own branch either.
            Assert.DoesNotContain("Store ", (await other.GetAsync($"/kpis/panels/{panel.Name}?territory=NORTH&period=2026-Q1")).Words, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/kpis/rows/purchases/{store}?period=2026-Q1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/kpis/rows/purchases/{store}/export?period=2026-Q1")).Status);
        Assert.Equal(["Far store"], (await other.GetAsync("/kpis/rows/purchases?period=2026-Q1")).All("tbody td:first-child"));
        Assert.Equal(["Far store"], (await other.GetAsync("/kpis/panels/grades?period=2026-Q1")).All(".panel-table tbody td:nth-child(3)"));
    }

    [Fact]
    public async Task Every_panel_answers_in_both_languages_alone_and_as_a_file()
    {
        var admin = portal.SignIn(portal.Admin);
        var store = portal.SignIn(portal.Stores[0]);
        foreach (var panel in Portal.Kpis.Boards.Panels.All)
        {
            foreach (var visitor in new[] { admin, store })
            {
                foreach (var period in new[] { "2026-Q1", "2026-03-R3", "2019" })
                {
                    Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync($"/kpis/panels/{panel.Name}?period={period}")).Status);
                }

                visitor.Language = "zh-CN";
                Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync($"/kpis/panels/{panel.Name}?period=2026-Q1&against=none")).Status);
                visitor.Language = "en";
                var file = await visitor.GetAsync($"/kpis/panels/{panel.Name}/export?period=2026-Q1&format=csv");
                Assert.Equal((HttpStatusCode.OK, "text/csv"), (file.Status, file.Header("Content-Type")?.Split(';')[0]));
            }
        }
    }

    [Fact]
    public async Task The_heat_table_leads_from_a_territory_to_its_dashboard()
    {
        var page = await portal.SignIn(portal.Distributor).GetAsync("/kpis/panels/territories?period=2026-Q1");

        Assert.Equal(["North"], page.All("tbody td:first-child"));
        Assert.Contains("territory=NORTH", page.Document.QuerySelector("tbody a")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.NotEmpty(page.Document.QuerySelectorAll("td.heat"));
    }

    [Fact]
    public async Task Cohorts_say_who_still_buys()
    {
        var page = await portal.SignIn(portal.Distributor).GetAsync("/kpis/panels/cohorts?period=2026-Q1");

        Assert.Equal(["2026-Q1"], page.All("tbody td:first-child"));
        Assert.Equal(["7"], page.All("tbody td:nth-child(2)"));
    }

    [Fact]
    public async Task The_rows_of_a_figure_say_how_much_of_it_comes_from_documents_one_may_not_open()
    {
        // The facts of this channel have no orders behind them.
        var page = await portal.SignIn(portal.Distributor).GetAsync($"/kpis/rows/purchases/{portal.Stores[0].Partner.Number}?period=2026-Q1");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("USD 300.00", page.Words.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("not yours to open", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_metric_leads_to_its_rows()
    {
        var manager = portal.SignIn(portal.Manager);
        foreach (var metric in Portal.Kpis.Metrics.MetricCatalog.Base)
        {
            Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/kpis/rows/{metric.Name}?period=2026-Q1")).Status);
            Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/kpis/rows/{metric.Name}/{portal.Distributor.Partner.Number}?period=2026-Q1&line=DESKS")).Status);
            Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/kpis/rows/{metric.Name}/{portal.Distributor.Partner.Number}?period=2026-Q1&sort=value")).Status);
        }

        foreach (var metric in Portal.Kpis.Metrics.MetricCatalog.Derived)
        {
            Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/kpis/rows/{metric.Name}?period=2026-Q1")).Status);
        }
    }
}
