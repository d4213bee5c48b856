using System.Net;
using Npgsql;
using Platform.Database;
using Portal.Deals;
using Portal.Pipeline;
using Portal.Tests.Deals;
using Portal.Web.Lists;
using Support;

namespace Portal.Tests.Pipeline;

public sealed class PursuingDeals(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_submitted_deal_stands_in_the_first_stage_and_a_draft_in_none()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("漏斗一号有限公司"));
        var draft = Assert.IsType<DealOutcome.Done>(await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.EnterAsync(portal.Deal("漏斗草稿有限公司"), submit: false, CancellationToken.None)));

        var deal = (await FindAsync(portal.Huaxin, number))!;

        Assert.Equal(("qualified", 0.10m, "pipeline", 0), (deal.Stage, deal.Probability, deal.Forecast, deal.StageVersion));
        Assert.Null(await FindAsync(portal.Huaxin, draft.Number));
        Assert.Null(await FindAsync(portal.Yuanjian, number));
        Assert.NotNull(await FindAsync(portal.DealDesk, number));
    }

    [Fact]
    public async Task The_claimant_moves_a_card_without_script_and_the_state_of_the_registration_stays()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("移动卡片有限公司"));
        portal.Clock.Advance(TimeSpan.FromDays(5));
        var visitor = portal.SignIn(portal.Huaxin);

        var board = await visitor.GetAsync("/pipeline");
        await visitor.PressAsync(board, $"[data-deal='{number}'] .kanban-move button", ("stage", "proposal"));

        var deal = (await FindAsync(portal.Huaxin, number))!;
        Assert.Equal(("proposal", "approved", 0, 1), (deal.Stage, deal.Status, deal.DaysInStage, deal.StageVersion));
        Assert.Equal([("qualified", "proposal", 5)], await portal.Database.ListAsync<(string, string, int)>("""
            select f.code, t.code, m.days_there from portal.deal_stage_move m join portal.pipeline_stage f on f.pipeline_stage_id = m.from_stage_id join portal.pipeline_stage t on t.pipeline_stage_id = m.to_stage_id
            join portal.deal using (deal_id) where number = @number
            """, new { number }));
        Assert.Contains("deal.stage_moved", await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @number", new { number }));
    }

    [Fact]
    public async Task Of_two_who_move_the_same_card_one_is_told_that_the_other_was_faster()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("同时移动有限公司"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(turn => MoveAsync(portal.Huaxin, number, 0, turn % 2 == 0 ? "needs" : "commit")));

        Assert.Single(outcomes, outcome => outcome is DealOutcome.Done);
        Assert.All(outcomes.Where(outcome => outcome is not DealOutcome.Done), outcome => Assert.IsType<DealOutcome.Stale>(outcome));
    }

    [Fact]
    public async Task Nobody_else_moves_it_and_what_is_over_is_moved_by_nobody()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("他人不动有限公司"));
        var viewer = await portal.Given.APerson(portal.Huaxin.Partner, "viewer");

        Assert.IsType<DealOutcome.Missing>(await MoveAsync(portal.Yuanjian, number, null, "commit"));
        Assert.IsType<DealOutcome.Forbidden>(await MoveAsync(portal.DealDesk, number, null, "commit"));
        Assert.IsType<DealOutcome.Forbidden>(await MoveAsync(viewer, number, null, "commit"));
        Assert.Equal("pipeline.invalid.stage", Assert.IsType<DealOutcome.Invalid>(await MoveAsync(portal.Huaxin, number, null, "nowhere")).Problems[0].TextKey);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Yuanjian.Subject));
        await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync("""
            insert into deal_stage (deal_id, partner_id, pipeline_stage_id, since, updated_at) select @id, @partner, (select max(pipeline_stage_id) from pipeline_stage), now(), now()
            """, new { id = 1L, partner = portal.Huaxin.Partner.PartnerId }, CancellationToken.None));

        await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WithdrawAsync(number, null, "No project", CancellationToken.None));
        Assert.IsType<DealOutcome.Refused>(await MoveAsync(portal.Huaxin, number, null, "commit"));
    }

    [Fact]
    public async Task The_next_step_is_what_was_last_said_here_or_with_an_activity()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("下一步骤有限公司"));
        var day = portal.Clock.Today.AddDays(3);
        await portal.SignIn(portal.Huaxin).SubmitAsync($"/deals/{number}", ("step", "Send the offer"), ("due", day.ToString("yyyy-MM-dd")));
        Assert.Equal(("Send the offer", day), ((await FindAsync(portal.Huaxin, number))!.NextStep, (await FindAsync(portal.Huaxin, number))!.NextStepDue));

        portal.Clock.Advance(TimeSpan.FromHours(2));
        await portal.AsAsync<RecordActivity, DealOutcome>(portal.Huaxin, record => record.RunAsync(number, new() { Kind = "call", Note = "They want it in blue", NextStep = "Change the offer" }, CancellationToken.None));
        Assert.Equal("Change the offer", (await FindAsync(portal.Huaxin, number))!.NextStep);

        portal.Clock.Advance(TimeSpan.FromHours(2));
        await portal.AsAsync<MoveStage, DealOutcome>(portal.Huaxin, move => move.RunAsync(number, null, null, new NextStep(null, null), CancellationToken.None));
        Assert.Null((await FindAsync(portal.Huaxin, number))!.NextStep);
        Assert.Equal("pipeline.invalid.next_step", Assert.IsType<DealOutcome.Invalid>(await portal.AsAsync<MoveStage, DealOutcome>(portal.Huaxin, move => move.RunAsync(number, null, null, new NextStep(" ", day), CancellationToken.None))).Problems[0].TextKey);
    }

    [Fact]
    public async Task A_deal_is_stuck_after_the_days_of_its_stage_and_waits_on_the_first_page()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("停滞商机有限公司") with { ExpectedClose = portal.Clock.Today.AddDays(80) });
        Assert.False((await FindAsync(portal.Huaxin, number))!.IsStuck);

        portal.Clock.Advance(TimeSpan.FromDays(22));

        Assert.True((await FindAsync(portal.Huaxin, number))!.IsStuck);
        var visitor = portal.SignIn(portal.Huaxin);
        Assert.Contains(number, (await visitor.GetAsync("/pipeline/list?stuck=yes")).Words);
        Assert.Contains("Stuck deals", (await visitor.GetAsync("/")).Words);
    }

    [Fact]
    public async Task Losing_a_deal_needs_a_reason_of_the_brands_list()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("丢单原因有限公司"));
        var visitor = portal.SignIn(portal.Huaxin);

        var refused = await visitor.SubmitAsync($"/pipeline/{number}/closing?outcome=lost", ("Reason", ""));
        Assert.Contains("Choose a reason", refused.Words);
        Assert.Equal("approved", await portal.StatusAsync(number));
        Assert.Contains("Say in your own words", (await visitor.SubmitAsync($"/pipeline/{number}/closing?outcome=lost", ("Reason", "other"))).Words);

        var page = await visitor.SubmitAsync($"/pipeline/{number}/closing?outcome=lost", ("Reason", "competitor"), ("Competitor", "Acme"), ("Note", "They had stock"));

        Assert.Equal("lost", await portal.StatusAsync(number));
        Assert.Contains("Another supplier", page.Words);
        Assert.Contains("Acme", page.Words);
        Assert.Equal(["Another supplier: They had stock"], await portal.Database.ListAsync<string>("select reason from portal.deal_act join portal.deal using (deal_id) where number = @number and act = 'lose'", new { number }));
        Assert.Contains("Another supplier", (await portal.SignIn(portal.DealDesk).GetAsync("/pipeline/outcomes")).Words);
    }

    [Fact]
    public async Task A_win_that_the_desk_looks_at_first_keeps_its_reason_and_counts_when_it_is_confirmed()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("过早赢单有限公司"));

        await portal.SignIn(portal.Huaxin).SubmitAsync($"/pipeline/{number}/closing?outcome=won", ("Reason", "service"));
        Assert.Equal("approved", await portal.StatusAsync(number));

        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<ReviewOutcome, DealOutcome>(portal.DealDesk, review => review.ConfirmAsync(number, null, CancellationToken.None)));
        Assert.Equal("won", await portal.StatusAsync(number));
        Assert.Contains("Service and delivery", (await portal.SignIn(portal.Huaxin).GetAsync($"/deals/{number}")).Words);
    }

    [Fact]
    public async Task The_database_takes_no_closing_that_the_deal_does_not_bear_out()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("虚假结束有限公司"));
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync("""
            insert into deal_closing (deal_id, partner_id, outcome, close_reason_id, from_stage_id, closed_at)
            select deal_id, partner_id, 'lost', (select min(close_reason_id) from close_reason where outcome = 'lost'), (select min(pipeline_stage_id) from pipeline_stage), now() from deal where number = @number
            """, new { number }, CancellationToken.None));

        Assert.Equal("a_closing_fits_its_deal", refused.ConstraintName);
    }

    Task<PipelineDeal?> FindAsync(TestPerson person, string number) =>
        portal.AsAsync<PipelineStore, PipelineDeal?>(person, pipeline => pipeline.FindAsync(number, portal.Clock.GetUtcNow().UtcDateTime, CancellationToken.None));

    Task<DealOutcome> MoveAsync(TestPerson person, string number, int? version, string stage) =>
        portal.AsAsync<MoveStage, DealOutcome>(person, move => move.RunAsync(number, version, stage, null, CancellationToken.None));
}
