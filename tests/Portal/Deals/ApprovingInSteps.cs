using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class ApprovingInSteps : IAsyncLifetime
{
    readonly ClaimingPartners portal = new();
    TestPerson brandAdmin = null!;
    TestPerson finance = null!;

    public async Task InitializeAsync()
    {
        await portal.InitializeAsync();
        brandAdmin = await portal.Given.SomebodyOfTheBrand("brand_admin");
        finance = await portal.Given.SomebodyOfTheBrand("finance");
        await portal.Database.ExecuteAsync("insert into portal.exchange_rate (currency, valid_from, rate, entered_at) values ('CNY', '2020-01-01', 0.10, now())");
    }

    public Task DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Working_hours_know_the_brands_holidays_as_the_disputes_clock_does()
    {
        await portal.Database.ExecuteAsync("insert into portal.working_day_exception (day, works, name) values ('2026-10-01', false, '国庆节'), ('2026-10-02', false, '国庆节'), ('2026-10-10', true, '调休上班')");

        Assert.Equal(
        [
            "2026-10-06 15:00 960", // two hours on Wednesday, a holiday of two days and a weekend, eight on Monday, six on Tuesday
            "2026-10-10 10:00 120", // a Saturday that is worked
        ], await portal.Database.ListAsync<string>("""
            select to_char(d.due at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' ' || portal.working_minutes(d.due) - portal.working_minutes(x.began)
            from (values (1, timestamptz '2026-09-30 15:00Z', 16), (2, timestamptz '2026-10-09 16:00Z', 2)) as x (n, began, hours) cross join lateral (select portal.due_after(x.began, x.hours, true) as due) d order by x.n
            """));

        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("节假日审批有限公司"));
        var before = await DueAsync(number);
        var admin = portal.SignIn(brandAdmin);
        await admin.SubmitAsync("/disputes/calendar", ("day", before.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)), ("name", "临时放假"));

        Assert.Equal(before.DayOfWeek is DayOfWeek.Friday ? before.AddDays(3) : before.AddDays(1), await DueAsync(number));
        await admin.PressAsync(await admin.GetAsync("/disputes/calendar"), $"form[action='/disputes/calendar/{before:yyyy-MM-dd}/removal'] button");
        Assert.Equal(before, await DueAsync(number));
    }

    async Task<DateTime> DueAsync(string number) => (await portal.Database.ListAsync<DateTime>("select s.due_at from portal.deal_approval_step s join portal.deal d using (deal_id) where d.number = @number and s.opened_at is not null and s.closed_at is null", new { number })).Single();

    [Fact]
    public async Task Large_deals_go_from_the_desk_to_finance_and_are_approved_by_the_last_step()
    {
        await PolicyAsync("amount_from", "10000", "{deal_desk,finance}");
        var small = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("小单直批有限公司") with { Amount = 99_999 });
        var large = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("大单两步有限公司") with { Amount = 100_000 });

        Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(small));
        Assert.Equal("approved", await portal.StatusAsync(small));
        Assert.IsType<DealOutcome.Forbidden>(await ApproveAsync(finance, large));
        Assert.Equal("approvals.passed_on", Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(large, 45)).TextKey);
        Assert.Equal("under_review", await portal.StatusAsync(large));
        Assert.Equal("approvals.refused.decided_already", Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(large)).TextKey);

        var treasurer = portal.SignIn(finance);
        var page = await treasurer.GetAsync($"/deals/{large}/review");
        Assert.Contains("Finance Waits", page.Text("main"));
        Assert.Contains(large, (await portal.SignIn(finance).GetAsync("/deals/approvals")).Text("tbody"));
        var done = await treasurer.PressAsync(page, "button[value=approve]", ("Days", ""), ("Reason", "Credit is fine"));
        Assert.Equal($"{large} is approved.", done.Text("main .flash-done"));

        Assert.Equal("approved", await portal.StatusAsync(large));
        Assert.Equal(portal.Clock.Today.AddDays(45), (await portal.FindAsync(portal.Huaxin, large))!.LastProtectedDay);
        Assert.Equal([("approve_step", portal.DealDesk.PersonId), ("approve", finance.PersonId)],
            await portal.Database.ListAsync<(string, long)>("select act, person_id from portal.deal_act join portal.deal using (deal_id) where number = @large and act like 'approve%' order by deal_act_id", new { large }));
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_step_decision join portal.deal using (deal_id) where number = @large", new { large }));
    }

    [Fact]
    public async Task The_database_lets_no_deal_past_its_steps_whatever_the_code_does()
    {
        await PolicyAsync("partner_level", "'registered'", "{deal_desk,finance}");
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("越级批准有限公司"));
        await using var desk = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.DealDesk.Subject));

        var skipped = await Assert.ThrowsAsync<PostgresException>(() => desk.ExecuteAsync("update deal set status = 'approved', protected_from = now(), protected_until = now() + interval '1 day' where number = @number", new { number }, CancellationToken.None));
        Assert.Equal("a_deal_is_approved_by_its_steps", skipped.ConstraintName);
        await using var other = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, finance.Subject));
        var foreign = await Assert.ThrowsAsync<PostgresException>(() => other.ExecuteAsync("""
            insert into deal_step_decision (deal_id, round, step, partner_id, person_id, decision, decided_at) select deal_id, 1, 1, partner_id, app_person_id(), 'approve', now() from deal where number = @number
            """, new { number }, CancellationToken.None));
        Assert.Equal("a_step_is_decided_by_its_queue", foreign.ConstraintName);
    }

    [Fact]
    public async Task Two_of_the_queue_have_to_approve_where_the_policy_says_so()
    {
        await PolicyAsync("partner_level", "'registered'", "{deal_desk}", approvers: 2);
        var second = await portal.Given.SomebodyOfTheBrand("deal_desk");
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("两人批准有限公司"));

        Assert.Equal("approvals.recorded", Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(number)).TextKey);
        Assert.Equal("approvals.refused.decided_already", Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(number)).TextKey);
        Assert.IsType<DealOutcome.Done>(await ApproveAsync(second, number));
        Assert.Equal("approved", await portal.StatusAsync(number));
    }

    [Fact]
    public async Task The_channel_managers_queue_is_that_of_the_partners_own()
    {
        await PolicyAsync("partner_level", "'registered'", "{channel_manager}");
        var (own, other) = (await portal.Given.SomebodyOfTheBrand("channel_manager"), await portal.Given.SomebodyOfTheBrand("channel_manager"));
        await portal.Database.ExecuteAsync("insert into portal.partner_channel_manager (partner_id, person_id) values (@PartnerId, @PersonId)", new { portal.Huaxin.Partner.PartnerId, own.PersonId });
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("渠道经理审批有限公司"));

        Assert.IsType<DealOutcome.Forbidden>(await ApproveAsync(other, number));
        Assert.IsType<DealOutcome.Done>(await ApproveAsync(own, number));
        Assert.Equal(["channel_manager"], await portal.Database.ListAsync<string>("select queue from portal.deal_approval_step join portal.deal using (deal_id) where number = @number", new { number }));
    }

    [Fact]
    public async Task A_deputy_sees_the_queue_gets_the_mail_and_decides_for_somebody_in_those_days_only()
    {
        await PolicyAsync("partner_level", "'registered'", "{finance}");
        var deputy = await portal.Given.SomebodyOfTheBrand("channel_manager");
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(finance).PostAsync("/api/v1/approval-deputies", new { queue = "deal_desk", deputy = deputy.Number, from = portal.Clock.Today, until = portal.Clock.Today })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await portal.Api(finance).PostAsync("/api/v1/approval-deputies", new { queue = "finance", deputy = deputy.Number, from = portal.Clock.Today, until = portal.Clock.Today.AddDays(2) })).Status);

        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("代理审批有限公司"));
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.outbox_message where kind = 'mail' and payload ->> 'to' = lower(@person) || '@partner.test' and payload ->> 'text' like '%' || @number || '%'", new { person = deputy.Number, number }));
        var queue = await portal.SignIn(deputy).GetAsync("/deals/approvals");
        Assert.Contains("for " + finance.Name, queue.Text("tbody"));
        Assert.IsType<DealOutcome.Done>(await ApproveAsync(deputy, number));
        Assert.Equal([(deputy.PersonId, finance.PersonId)], await portal.Database.ListAsync<(long, long)>("select person_id, for_person_id from portal.deal_step_decision"));

        var later = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("代理过期有限公司"));
        portal.Clock.Advance(TimeSpan.FromDays(3));
        Assert.IsNotType<DealOutcome.Done>(await ApproveAsync(deputy, later));
        Assert.DoesNotContain(later, (await portal.SignIn(deputy).GetAsync("/deals/approvals")).Text("main"));
    }

    [Fact]
    public async Task The_policy_approves_by_itself_what_nobody_knows_and_nothing_else()
    {
        await portal.Database.ExecuteAsync("insert into portal.approval_policy (number, status, effective_from, band, auto_approve) values ('AP-AUTO-AUTO-AUTO', 'published', '2026-01-01', 'none', true)");
        var known = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("自动批准一号科技有限公司", city: "苏州"));
        Assert.Equal("approved", await portal.StatusAsync(known));

        // The same company on another line: the reviewer sees the candidate, so no machine approves.
        var again = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("自动批准一号科技有限公司", city: "苏州", lines: ["PLANS"]));
        Assert.Equal("submitted", await portal.StatusAsync(again));
        Assert.Equal(["deal_desk"], await portal.Database.ListAsync<string>("select queue from portal.deal_approval_step join portal.deal using (deal_id) where number = @again", new { again }));
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_act join portal.deal using (deal_id) where number = @known and act = 'approve' and person_id is not null", new { known }));
        Assert.Equal(["approval policy"], await portal.Database.ListAsync<string>("select actor from portal.audit_entry where subject_number = @known and action = 'deal.approved'", new { known }));
        var program = await portal.Api(portal.Huaxin).PostAsync("/api/v1/deals", new { customer = new { name = "程序自动批准实业有限公司", countryCode = "CN" }, productLines = new[] { "DESKS" }, territory = "CN-EAST", amount = 5, currency = "CNY", expectedClose = portal.Clock.Today.AddDays(9), submit = true });
        Assert.Equal("approved", program.Json.GetProperty("status").GetString());
        var wrong = await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("insert into portal.approval_policy (number, status, effective_from, band, auto_approve) values ('AP-1', 'published', '2026-01-01', 'likely', true)"));
        Assert.Equal("only_the_unknown_is_approved_by_policy", wrong.ConstraintName);
    }

    [Fact]
    public async Task The_claimant_sees_queues_and_clock_before_and_after_but_no_names()
    {
        await PolicyAsync("partner_level", "'registered'", "{deal_desk,finance}");
        var sales = portal.SignIn(portal.Huaxin);
        var draft = Assert.IsType<DealOutcome.Done>(await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.EnterAsync(portal.Deal("审批预览有限公司"), submit: false, CancellationToken.None))).Number;

        var before = await sales.GetAsync($"/deals/{draft}");
        Assert.Contains("Who will decide", before.Text("main"));
        Assert.Contains("Deal desk within 16 working hours Finance within 16 working hours", before.Text("main"));
        await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.SubmitAsync(draft, null, CancellationToken.None));
        await portal.ApproveAsync(draft);
        var after = await sales.GetAsync($"/deals/{draft}");

        Assert.Contains("Deal desk Approved Finance Waits", after.Text("main"));
        Assert.DoesNotContain(portal.DealDesk.Name, after.Text("[aria-labelledby=approval]"));
        var answer = await portal.Api(portal.Huaxin).GetAsync($"/api/v1/deals/{draft}/approval");
        Assert.Equal((2, 0), (answer.Json.GetProperty("steps").GetArrayLength(), answer.Json.GetProperty("decisions").GetArrayLength()));
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).GetAsync($"/api/v1/deals/{draft}/approval")).Status);
    }

    [Fact]
    public async Task An_overdue_step_reminds_its_queue_once_and_is_escalated_once_to_who_may_then_decide()
    {
        await PolicyAsync("partner_level", "'registered'", "{finance}", hours: 8);
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("超时升级有限公司"));
        var due = (await portal.Database.ListAsync<DateTime>("select due_at from portal.deal_approval_step join portal.deal using (deal_id) where number = @number", new { number })).Single();
        Assert.IsNotType<DealOutcome.Done>(await ApproveAsync(brandAdmin, number));

        portal.Clock.Now = new DateTimeOffset(due, TimeSpan.Zero).AddSeconds(-1);
        Assert.Equal((0, 0), await WatchAsync());
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0), await WatchAsync());
        Assert.Equal((0, 0), await WatchAsync());
        portal.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Equal((0, 1), await WatchAsync());
        Assert.Equal((0, 0), await WatchAsync());

        Assert.Contains("overdue", (await portal.SignIn(portal.Huaxin).GetAsync($"/deals/{number}")).Text("[aria-labelledby=approval]"));
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.outbox_message where kind = 'mail' and payload ->> 'subject' like 'The review of ' || @number || '%'", new { number }));
        Assert.IsType<DealOutcome.Done>(await ApproveAsync(brandAdmin, number));
    }

    [Theory]
    [InlineData("2026-03-02 10:00", 4, "2026-03-02 14:00")]
    [InlineData("2026-03-02 16:00", 4, "2026-03-03 12:00")] // an hour on Monday, three on Tuesday
    [InlineData("2026-03-06 16:30", 1, "2026-03-09 09:30")] // Friday evening goes on on Monday
    [InlineData("2026-03-07 12:00", 8, "2026-03-09 17:00")] // Saturday
    [InlineData("2026-03-02 07:00", 16, "2026-03-03 17:00")]
    public async Task Working_hours_are_monday_to_friday_nine_to_five(string from, int hours, string due) =>
        Assert.Equal([DateTime.Parse(due, System.Globalization.CultureInfo.InvariantCulture)], await portal.Database.ListAsync<DateTime>(
            "select portal.due_after(@from::timestamp at time zone 'UTC', @hours, true) at time zone 'UTC'", new { from, hours }));

    [Fact]
    public async Task Finance_rejects_at_its_step_with_a_reason_and_the_rest_of_the_approval_ends()
    {
        await PolicyAsync("partner_level", "'registered'", "{finance,deal_desk}");
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("财务驳回有限公司"));
        Assert.Equal("approvals.refused.queue.finance", Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(number)).TextKey);

        var api = portal.Api(finance);
        Assert.Equal(HttpStatusCode.BadRequest, (await Review(api, number, new { decision = "reject" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await Review(api, number, new { decision = "reject", reason = "Over the credit limit" })).Status);

        Assert.Equal("rejected", await portal.StatusAsync(number));
        Assert.Equal(["ended", "ended"], await portal.Database.ListAsync<string>("select outcome from portal.deal_approval_step join portal.deal using (deal_id) where number = @number", new { number }));
        Assert.Equal(HttpStatusCode.Forbidden, (await Review(portal.Api(portal.Huaxin), number, new { decision = "approve" })).Status);
    }

    [Fact]
    public async Task Given_back_with_information_a_deal_goes_through_a_round_of_its_own()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("再次提交有限公司"));
        await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, review => review.RequestInformationAsync(number, null, "Which site?", CancellationToken.None));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.SubmitAsync(number, null, CancellationToken.None)));

        Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(number));
        Assert.Equal([(1, "ended"), (2, "approved")], await portal.Database.ListAsync<(int, string)>("select round, outcome from portal.deal_approval_step join portal.deal using (deal_id) where number = @number order by round", new { number }));
    }

    [Fact]
    public async Task Policies_are_kept_on_the_page_and_fixed_once_published()
    {
        var brand = portal.SignIn(brandAdmin);

        var draft = await brand.SubmitAsync("/deals/approvals/policies/new", ("AmountFrom", "50000"), ("Steps[1].Queue", "finance"), ("Steps[1].Hours", "8"));
        Assert.Contains("from 50,000", draft.Text("main"));
        var published = await brand.PressAsync(draft, "form[action$='/publication']");
        Assert.Equal("The policy is published.", published.Text("main .flash-done"));

        var wrong = await brand.SubmitAsync("/deals/approvals/policies/new", ("AutoApprove", "true"), ("Steps[0].Hours", "0"));
        Assert.Contains("A policy approves by itself only where the result of the screening is None.", wrong.Text("main"));
        Assert.Contains("Each step needs a queue", wrong.Text("main"));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.DealDesk).GetAsync("/deals/approvals/policies/new")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).GetAsync("/api/v1/approval-policies")).Status);
        Assert.Equal("a_published_policy_stays", (await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("update portal.approval_policy set hours = '{1,1}' where amount_from = 50000"))).ConstraintName);
    }

    Task PolicyAsync(string condition, string value, string queues, int approvers = 1, int hours = 16)
    {
        var steps = queues.Trim('{', '}').Split(',').Length;
        string Of(object one) => "{" + string.Join(',', Enumerable.Repeat(one, steps)) + "}";
        return portal.Database.ExecuteAsync($"""
            insert into portal.approval_policy (number, status, effective_from, {condition}, queues, approvers, hours, working, escalate_to)
            values (@number, 'published', '2026-01-01', {value}, '{queues}', '{Of(approvers)}', '{Of(hours)}', '{Of("true")}', '{Of("brand_admin")}')
            """, new { number = PublicNumber.New("AP") });
    }

    Task<DealOutcome> ApproveAsync(TestPerson person, string number) =>
        portal.AsAsync<ReviewDeal, DealOutcome>(person, review => review.ApproveAsync(number, null, null, [], null, CancellationToken.None));

    Task<(int, int)> WatchAsync() => portal.InScopeAsync(Caller.System("job:watch-approvals"), services => services.GetRequiredService<WatchApprovals>().RunAsync(CancellationToken.None));

    static Task<ApiAnswer> Review(ApiClient api, string number, object body) =>
        api.SendAsync(HttpMethod.Post, $"/api/v1/deals/{number}/review", body, ("If-Match", "\"2\""));
}
