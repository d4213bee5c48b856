using System.Net;
using System.Text;
using Platform.Database;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>A partner wishes for another target, the brand answers; and the grid goes out as a file and comes in again.</summary>
public sealed class NegotiatingTargets(ReadingKpis.MeasuredChannel portal) : IClassFixture<ReadingKpis.MeasuredChannel>
{
    [Fact]
    public async Task What_both_agree_on_becomes_the_target_and_its_history_says_so()
    {
        var (partner, manager, rival) = (portal.SignIn(portal.First), portal.SignIn(portal.Manager), portal.SignIn(portal.Second));
        Assert.NotNull((await partner.GetAsync("/kpis/targets?kpi=K-DEALS&year=2026")).Document.QuerySelector("a[href*='/kpis/proposals/new?kpi=K-DEALS']"));

        var proposed = await partner.SubmitAsync("/kpis/proposals/new?kpi=K-DEALS&period=2026-Q1", ("Value", "4"), ("Reason", "Two people left"));
        Assert.Equal("/kpis/proposals/TP-", proposed.Path[..19]);
        var again = await partner.SubmitAsync("/kpis/proposals/new?kpi=K-DEALS&period=2026-Q1", ("Value", "3"), ("Reason", "Once more"));
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        // The rival learns nothing of it, by list, address or API.
        var number = proposed.Path.Split('/')[^1];
        Assert.DoesNotContain(number, (await rival.GetAsync("/kpis/proposals")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync(proposed.Path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Second).GetAsync("/api/v1" + proposed.Path)).Status);
        Assert.DoesNotContain(number, (await portal.Api(portal.Second).GetAsync("/api/v1/kpis/proposals")).Text, StringComparison.Ordinal);

        var page = await manager.GetAsync(proposed.Path);
        Assert.Contains("Two people left", page.Words, StringComparison.Ordinal);
        var countered = await manager.SubmitAsync(page, ("verdict", "counter"), ("value", "5"), ("reason", "One of them was part-time"));
        Assert.Contains("Waits for the partner", countered.Words, StringComparison.Ordinal);

        var agreed = await partner.SubmitAsync(await partner.GetAsync(proposed.Path), ("accepts", "true"));
        Assert.Contains("Accepted", agreed.Words, StringComparison.Ordinal);
        Assert.Contains((await partner.GetAsync("/kpis/targets?kpi=K-DEALS&year=2026")).All("tbody td"), cell => cell.StartsWith("5 ", StringComparison.Ordinal) || cell == "5");
        var history = await manager.GetAsync($"/kpis/targets/history?kpi=K-DEALS&owner={portal.First.Partner.Number}");
        // Other tests set targets of other years.
        Assert.Equal(["5", "6"], history.All("tbody td:nth-child(2)").Zip(history.All("tbody td:nth-child(3)")).Where(row => row.First == "2026-Q1").Select(row => row.Second));
        Assert.NotNull(history.Document.QuerySelector("tbody a[href^='/kpis/proposals/TP-']"));
        Assert.DoesNotContain("5", (await rival.GetAsync("/kpis/targets/history?kpi=K-DEALS")).All("tbody td:nth-child(3)"));
    }

    [Fact]
    public async Task Nobody_answers_twice_or_in_the_others_place()
    {
        var partner = portal.SignIn(portal.Second);
        var proposed = await partner.SubmitAsync("/kpis/proposals/new?kpi=K-DEALS&period=2026-Q1", ("Value", "4"), ("Reason", "Too high"));
        var number = proposed.Path.Split('/')[^1];
        var api = portal.Api(portal.Manager);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Second).SendAsync(HttpMethod.Post, $"/api/v1/kpis/proposals/{number}/answer", new { verdict = "accept" }, ("If-Match", "\"1\""))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, $"/api/v1/kpis/proposals/{number}/answer", new { verdict = "decline" }, ("If-Match", "\"1\""))).Status);

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Post, $"/api/v1/kpis/proposals/{number}/answer", new { verdict = "decline", reason = "It stays" }, ("If-Match", "\"1\""))).Status);

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.SendAsync(HttpMethod.Post, $"/api/v1/kpis/proposals/{number}/answer", new { verdict = "accept" }, ("If-Match", "\"1\""))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await portal.Api(portal.Second).SendAsync(HttpMethod.Post, $"/api/v1/kpis/proposals/{number}/closing", new { accepts = true }, ("If-Match", "\"2\""))).Status);
        Assert.Equal([6m], await portal.Database.ListAsync<decimal>("select value from portal.kpi_target where partner_id = @PartnerId and superseded_at is null and starts_on = '2026-01-01'", new { portal.Second.Partner.PartnerId }));
    }

    [Fact]
    public async Task The_database_lets_a_partner_set_no_target_but_the_one_that_was_agreed()
    {
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Second.Subject));

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("""
            insert into kpi_target (kpi_definition_id, partner_id, starts_on, period, value, set_at, set_by)
            select kpi_definition_id, app_partner_id(), '2031-01-01', 'quarter', 1, now(), 'U-SELF' from kpi_definition
            """, null, default));
        var changed = await db.ExecuteAsync("update kpi_target set superseded_at = now() where partner_id = app_partner_id()", null, default);

        Assert.Equal(("42501", 0), (refused.SqlState, changed));
    }

    [Fact]
    public async Task The_grid_goes_out_as_a_file_and_comes_in_again_whole_or_not_at_all()
    {
        var manager = portal.SignIn(portal.Manager);
        var csv = (await manager.GetAsync("/kpis/targets/export?kpi=K-DEALS&year=2027&format=csv")).Body;
        Assert.Contains("2027-Q1,2027-Q2,2027-Q3,2027-Q4", csv, StringComparison.Ordinal);
        Assert.Contains(portal.First.Partner.Number, csv, StringComparison.Ordinal);
        Task<Page> TakeAsync(string content) => TakeInAsync(manager, content);

        var wrong = await TakeAsync($"Partner,Name,2027-Q1,2027-03\n{portal.First.Partner.Number},First,7,\nP-NOBODY,Nobody,5,\nlevel:gold,Gold,-4,\n{portal.Second.Partner.Number},Second,many,3\n");

        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal(["D1", "A3", "C4", "C5"], wrong.All("tbody td:first-child"));
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.kpi_target where starts_on >= '2027-01-01' and starts_on < '2028-01-01'"));
        var file = await manager.PressAsync(wrong, "form[action$='/import/wrong'] button");
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Header("Content-Type"));

        await TakeAsync($"Partner,Name,2027-Q1,2027-Q2\n{portal.First.Partner.Number},First,7,8\nlevel:gold,Gold,4,\n");
        await TakeAsync($"Partner,Name,2027-Q1,2027-Q2\n{portal.First.Partner.Number},First,,-\n");

        Assert.Equal([4m, 7m], await portal.Database.ListAsync<decimal>("select value from portal.kpi_target where starts_on >= '2027-01-01' and starts_on < '2028-01-01' and superseded_at is null order by value"));
        Assert.NotEqual(HttpStatusCode.OK, (await TakeInAsync(portal.SignIn(portal.First), "Partner,Name,2027-Q1\nlevel:gold,Gold,9\n")).Status);
    }

    [Fact]
    public async Task The_grid_is_filled_with_growth_and_with_a_years_value_and_nothing_is_stored()
    {
        var manager = portal.SignIn(portal.Manager);
        var grid = await manager.GetAsync("/kpis/targets?kpi=K-DEALS&year=2027");
        string Cell(int quarter) => $"cells[{portal.Third.Number}|2027-Q{quarter}]";

        var grown = await manager.PressAsync(grid, "button[formaction$='/fill']", ("fill.Way", "growth_target"), ("fill.Percent", "50"), ("fill.Owner", portal.Third.Number));
        Assert.Equal("9", grown.Value(Cell(1)));
        var divided = await manager.PressAsync(grid, "button[formaction$='/fill']", ("fill.Way", "even"), ("fill.Amount", "10"), ("fill.Owner", portal.Third.Number));
        Assert.Equal(["3", "3", "2", "2"], Enumerable.Range(1, 4).Select(quarter => divided.Value(Cell(quarter))));
        var refused = await manager.PressAsync(grid, "button[formaction$='/fill']", ("fill.Way", "even"), ("fill.Amount", "-1"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.kpi_target where partner_id = @PartnerId and starts_on >= '2027-01-01'", new { portal.Third.PartnerId }));
    }

    [Fact]
    public async Task A_formula_is_tried_out_while_it_is_written()
    {
        var manager = portal.SignIn(portal.Manager);
        var form = await manager.GetAsync("/kpis/definitions/new");
        async Task<Page> TryAsync(string formula) => await manager.PostAsync("/kpis/definitions/preview", ("Formula", formula), ("Example", portal.First.Partner.Number), ("Period", "month"), ("Direction", "up"),
            ("__RequestVerificationToken", form.Value("__RequestVerificationToken")!));

        Assert.Contains("sell_in is money and deals_won is a count: they cannot be added", (await TryAsync("sell_in + deals_won")).Words, StringComparison.Ordinal);
        Assert.Contains("Column 9", (await TryAsync("sell_in + deals_won")).Words, StringComparison.Ordinal);
        Assert.Contains("no figure", (await TryAsync("win_rate")).Words, StringComparison.Ordinal);
        Assert.Contains("a count", (await TryAsync("deals_registered * 2")).Words, StringComparison.Ordinal);
    }

    static async Task<Page> TakeInAsync(Visitor visitor, string content)
    {
        var grid = await visitor.GetAsync("/kpis/targets?kpi=K-DEALS&year=2027");
        var file = new TestFile("targets.csv", Encoding.UTF8.GetBytes(content));
        if (grid.Has("form[action$='/import'] button"))
        {
            return await visitor.PressAsync(grid, "form[action$='/import'] button[type=submit]", ("file", file));
        }

        return await visitor.PostAsync("/kpis/targets/import", ("kpi", "K-DEALS"), ("year", "2027"));
    }
}
