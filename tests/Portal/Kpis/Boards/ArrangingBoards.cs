using System.Net;
using Portal.Kpis.Boards;
using Support;

namespace Portal.Tests.Kpis.Boards;

public sealed class ArrangingBoards(BoardChannel portal) : IClassFixture<BoardChannel>
{
    [Fact]
    public async Task A_person_chooses_panels_their_order_and_width_and_the_tiles_and_others_see_theirs()
    {
        var store = portal.SignIn(portal.Stores[0]);
        var form = await store.GetAsync("/kpis/board");
        var board = await store.SubmitAsync(form,
        [
            .. Hidden(form, "lines", "tiles"), ("places[lines].Width", "whole"), ("places[lines].At", "1"), ("places[tiles].Width", "half"), ("places[tiles].At", "2"),
        ]);

        Assert.Equal("/kpis", board.Path.Split('?')[0]);
        Assert.Contains("board-wide", board.Document.QuerySelector(".board > section")!.ClassName, StringComparison.Ordinal);
        Assert.Single(board.Document.QuerySelectorAll(".board > section"));
        Assert.True((await portal.SignIn(portal.Stores[1]).GetAsync("/kpis")).Document.QuerySelectorAll(".board > section").Length > 1);

        await store.PressAsync(await store.GetAsync("/kpis/board"), "form[action='/kpis/board/reset'] button");
        Assert.True((await store.GetAsync("/kpis")).Document.QuerySelectorAll(".board > section").Length > 1);
    }

    [Fact]
    public async Task The_brand_sets_what_an_audience_sees_at_first_and_nobody_else_does()
    {
        var admin = portal.SignIn(portal.Admin);
        var form = await admin.GetAsync("/kpis/board?audience=distributor");
        await admin.SubmitAsync(form, Hidden(form, "funnel"));

        Assert.Single((await portal.SignIn(portal.Distributor).GetAsync("/kpis")).Document.QuerySelectorAll(".board > section"));
        Assert.Equal(["kpi.board-arranged"], await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_kind = 'kpi_board' and subject_number = 'distributor'"));

        foreach (var person in new[] { portal.Manager, portal.Distributor })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(person).GetAsync("/kpis/board?audience=distributor")).Status);
        }

        await using var db = portal.Database.As(Platform.Database.Caller.Subject(TestIdentityProvider.Issuer, portal.Distributor.Subject));
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync(
            "insert into kpi_board (audience, panels, tiles, arranged_at, arranged_by) values ('store', '{trend}', '{purchases}', now(), 'me')", null, default));
        Assert.Equal("42501", refused.SqlState);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/kpis/board?audience=nobody")).Status);
    }

    [Fact]
    public async Task A_dashboard_without_a_panel_or_a_tile_is_refused_with_what_to_do()
    {
        var manager = portal.SignIn(portal.Manager);
        var form = await manager.GetAsync("/kpis/board");

        var refused = await manager.SubmitAsync(form, Hidden(form));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Show at least one panel", refused.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_is_saved_under_a_name_with_all_that_the_address_says()
    {
        var manager = portal.SignIn(portal.Manager);
        var page = await manager.GetAsync("/kpis?period=2026-Q1&territory=SOUTH&against=previous");

        var saved = await manager.SubmitAsync(page, ("name", "South by quarter"));

        Assert.Contains("territory=SOUTH", saved.Document.QuerySelector("a.menu-item[aria-current=true]")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    static IEnumerable<(string, object?)> Hidden(Page form, params string[] but) =>
        Panels.All.Where(panel => !but.Contains(panel.Name) && form.Value($"places[{panel.Name}].Width") is not null).Select(panel => ($"places[{panel.Name}].Width", (object?)"none"));
}
