using System.Net;
using Npgsql;
using Platform.Database;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class RecordingActivities(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_visit_stands_in_the_timeline_of_both_sides_with_its_next_step()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("跟进拜访有限公司"));
        var sales = portal.SignIn(portal.Huaxin);

        var page = await sales.SubmitAsync($"/deals/{number}/activities/new",
            ("Kind", "visit"), ("WithWhom", "Ms Zhou, CIO"), ("Note", "Walked the floor"), ("NextStep", "Send the plan"), ("NextStepDue", "2026-03-09"));

        Assert.Equal("The activity is recorded.", page.Text("main .flash-done"));
        Assert.Contains("Visit Ms Zhou, CIO", page.Text("[aria-labelledby=history] .timeline-plain"));
        Assert.Contains("Walked the floor", (await portal.SignIn(portal.DealDesk).GetAsync($"/deals/{number}")).Text("[aria-labelledby=history] .timeline-plain"));
        Assert.Equal("visit", (await LastAsync(number))!.Kind);
        Assert.Contains("deal.activity_recorded", await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @number", new { number }));
    }

    [Fact]
    public async Task What_was_typed_is_kept_and_the_faults_are_named()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("跟进有误有限公司"));

        var page = await portal.SignIn(portal.Huaxin).SubmitAsync($"/deals/{number}/activities/new", ("Kind", "call"), ("HappenedAt", "2026-03-04T10:00"), ("Note", "  "), ("WithWhom", "Mr Li"), ("NextStepDue", "2026-03-09"));

        Assert.Equal(["Enter a time that is past, at most two years ago.", "Say what happened, in at most 4,000 characters.", "A due day needs a next step, and lies between 2000 and 2199."], page.All(".field-problem"));
        Assert.Equal("Mr Li", page.Value("WithWhom"));
    }

    [Fact]
    public async Task A_correction_takes_the_place_of_what_was_written_and_nothing_is_lost()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("更正跟进有限公司"));
        var api = portal.Api(portal.Huaxin);
        var wrong = (await api.PostAsync($"/api/v1/deals/{number}/activities", new { kind = "meeting", note = "Met on the wrong day", happenedAt = portal.Clock.Now.AddDays(-1) })).Json.GetProperty("items")[0].GetProperty("number").GetString();

        var corrected = await api.PostAsync($"/api/v1/deals/{number}/activities", new { kind = "call", note = "It was a call", corrects = wrong });
        var again = await api.PostAsync($"/api/v1/deals/{number}/activities", new { kind = "call", note = "Once more", corrects = wrong });
        var right = corrected.Json.GetProperty("items")[0].GetProperty("number").GetString();
        var gone = await api.PostAsync($"/api/v1/deals/{number}/activities/{right}/retraction", new { reason = "Another customer" });

        Assert.Equal((1, "It was a call", true), (corrected.Json.GetProperty("items").GetArrayLength(), corrected.Json.GetProperty("items")[0].GetProperty("note").GetString(), corrected.Json.GetProperty("items")[0].GetProperty("isCorrected").GetBoolean()));
        Assert.Equal((HttpStatusCode.Conflict, "deal-gone"), (again.Status, again.Problem));
        Assert.Equal(0, gone.Json.GetProperty("items").GetArrayLength());
        Assert.Null(await LastAsync(number));
        Assert.Equal([3L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_activity join portal.deal using (deal_id) where deal.number = @number", new { number }));
    }

    [Fact]
    public async Task Two_people_who_correct_the_same_entry_do_not_both_do_it()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("同时更正有限公司"));
        await RecordAsync(number, new() { Kind = "call", Note = "First" });
        var wrong = (await portal.Database.ListAsync<string>("select a.number from portal.deal_activity a join portal.deal d using (deal_id) where d.number = @number", new { number })).Single();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(who => Task.Run(() => RecordAsync(number, new() { Kind = "call", Note = $"Correction {who}", Corrects = wrong }))));

        Assert.Single(outcomes.OfType<DealOutcome.Done>());
        Assert.All(outcomes.OfType<DealOutcome.Refused>(), refused => Assert.Equal("activities.refused.gone", refused.TextKey));
    }

    [Fact]
    public async Task Calls_and_mails_do_not_keep_a_claim_alive_meetings_and_quotes_do()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("保持有效有限公司"));
        await RecordAsync(number, new() { Kind = "mail", Note = "Wrote" });
        Assert.Null(await LastAsync(number));

        await RecordAsync(number, new() { Kind = "meeting", Note = "Met", HappenedAt = portal.Clock.Now.UtcDateTime.AddDays(-2) });
        Assert.Equal("meeting", (await LastAsync(number))!.Kind);
        await portal.Database.ExecuteAsync("""
            with written as (
                insert into portal.quote (number, partner_id, end_customer_id, deal_id, currency, created_at, updated_at)
                select 'Q-' || number, partner_id, end_customer_id, deal_id, currency, @now, @now from portal.deal where number = @number
                returning quote_id, partner_id)
            insert into portal.quote_act (quote_id, partner_id, revision, act, to_status, happened_at) select quote_id, partner_id, 1, 'write', 'draft', @now from written
            """, new { number, now = portal.Clock.Now.UtcDateTime });
        Assert.Equal("quote", (await LastAsync(number))!.Kind);
    }

    [Fact]
    public async Task Nobody_else_records_reads_or_rewrites_an_activity()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("他人跟进有限公司"));
        await RecordAsync(number, new() { Kind = "visit", Note = "Ours" });

        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).GetAsync($"/api/v1/deals/{number}/activities")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).PostAsync($"/api/v1/deals/{number}/activities", new { kind = "call", note = "x" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.DealDesk).PostAsync($"/api/v1/deals/{number}/activities", new { kind = "call", note = "x" })).Status);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync("update deal_activity set note = 'else'", null, CancellationToken.None))).SqlState);
    }

    [Fact]
    public async Task What_is_over_takes_no_more_activities()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("结束不记有限公司"));
        await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WithdrawAsync(number, null, "No project", CancellationToken.None));

        Assert.Equal("deals.refused.state", Assert.IsType<DealOutcome.Refused>(await RecordAsync(number, new() { Kind = "call", Note = "Late" })).TextKey);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Huaxin).GetAsync($"/deals/{number}/activities/new")).Status);
    }

    Task<DealOutcome> RecordAsync(string number, ActivityTyped typed) =>
        portal.AsAsync<RecordActivity, DealOutcome>(portal.Huaxin, record => record.RunAsync(number, typed, CancellationToken.None));

    async Task<AliveBy?> LastAsync(string number)
    {
        var deal = (await portal.FindAsync(portal.DealDesk, number))!;
        return await portal.AsAsync<ActivityStore, AliveBy?>(portal.DealDesk, activities => activities.LastAsync(deal.DealId, CancellationToken.None));
    }
}
