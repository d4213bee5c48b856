using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Deals;
using Portal.Disputes;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Disputes;

public sealed class DisputingAClaim(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_blocked_claimant_files_and_both_sides_learn_of_it_without_learning_of_each_other()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("申诉一号有限公司"));
        var blocked = await portal.BlockedAsync(portal.Yuanjian, portal.Deal("申诉 一号（有限公司）"));
        var claimant = portal.SignIn(portal.Yuanjian);

        var deal = await claimant.GetAsync($"/deals/{blocked}");
        var empty = await claimant.SubmitAsync($"/disputes/new?deal={blocked}", ("grounds", " "));
        var filed = await claimant.SubmitAsync(empty, ("grounds", "Minutes of 3 February"));

        Assert.True(deal.Has($"a[href='/disputes/new?deal={blocked}']"));
        Assert.Contains("Write something", empty.Text("#grounds-problem"));
        Assert.Contains("Minutes of 3 February", filed.Words);
        Assert.Contains("5 working days left", filed.Words);
        var number = filed.Path.Split('/')[^1];
        var holder = portal.SignIn(portal.Huaxin);
        var seen = await holder.GetAsync($"/disputes/{number}");
        Assert.Contains("Your claim, which is disputed", seen.Words);
        Assert.Contains("5 working days left", seen.Words);
        Assert.Contains(held, seen.Words);
        foreach (var secret in new[] { "Minutes of 3 February", "杭州远见", blocked, portal.Yuanjian.Name, "申诉 一号（" })
        {
            Assert.DoesNotContain(secret, seen.Words);
        }

        Assert.DoesNotContain("上海华信", filed.Words);
        Assert.DoesNotContain(held, filed.Words);
        Assert.Contains((await holder.GetAsync("/notifications")).All(".notification-open"), told => told == $"{number}: your claim {held} on 申诉一号有限公司 is disputed");
        var stranger = await portal.Given.ADistributor("旁观者");
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(stranger).GetAsync($"/disputes/{number}")).Status);
        Assert.DoesNotContain(number, (await portal.SignIn(stranger).GetAsync("/disputes")).Words);
    }

    [Fact]
    public async Task Upheld_the_holder_keeps_the_customer_and_the_claimant_cannot_file_again()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("维持原判有限公司"));
        var blocked = await portal.BlockedAsync(portal.Yuanjian, portal.Deal("维持原判有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, blocked);

        Assert.IsType<DisputeOutcome.Invalid>(await portal.DecideAsync(number, overturn: false, reason: " "));
        Assert.IsType<DisputeOutcome.Done>(await portal.DecideAsync(number, overturn: false));

        Assert.Equal([(held, false)], await portal.LiveClaimsAsync(held));
        Assert.Equal(("approved", "draft"), (await portal.StatusAsync(held), await portal.StatusAsync(blocked)));
        Assert.Equal("The minutes show it", (await portal.DisputeAsync(portal.Huaxin, number))!.Decision);
        Assert.Equal("disputes.refused.disputed_once", Assert.IsType<DisputeOutcome.Refused>(await portal.FileAsync(portal.Yuanjian, blocked)).TextKey);
        Assert.Equal("disputes.refused.state", Assert.IsType<DisputeOutcome.Refused>(await portal.DecideAsync(number, overturn: true)).TextKey);
    }

    [Fact]
    public async Task Overturned_the_claim_moves_and_never_leaves_two()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("改判转移有限公司"));
        var blocked = await portal.BlockedAsync(portal.Yuanjian, portal.Deal("改判转移有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, blocked);
        portal.Clock.Advance(TimeSpan.FromHours(3));

        Assert.IsType<DisputeOutcome.Done>(await portal.DecideAsync(number, overturn: true));

        var awarded = (await portal.DisputeAsync(portal.Yuanjian, number))!.Sides.Single().AwardedDeal!;
        Assert.Equal([(awarded, false)], await portal.LiveClaimsAsync(held));
        Assert.Equal(("expired", "withdrawn", "approved"), (await portal.StatusAsync(held), await portal.StatusAsync(blocked), await portal.StatusAsync(awarded)));
        var deal = (await portal.FindAsync(portal.Yuanjian, awarded))!;
        Assert.Equal((120_000m, portal.Clock.Today.AddDays(90)), (deal.Amount, deal.LastProtectedDay!.Value));
        Assert.Null((await portal.DisputeAsync(portal.Huaxin, number))!.Sides.Single().AwardedDeal);
        var told = (await portal.SignIn(portal.Huaxin).GetAsync("/notifications")).All(".notification-open");
        Assert.Contains(told, words => words.StartsWith($"{number}: the dispute over 改判转移有限公司 ({held}) is decided", StringComparison.Ordinal));
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Huaxin, portal.Deal("改判转移有限公司")));
    }

    [Fact]
    public async Task A_duplicate_stays_as_it_is_and_goes_on_under_a_new_number()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("绍兴重判纺织有限公司", lines: ["DISPLAYS", "DESKS"]));
        var likely = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("重判纺织", lines: ["DESKS", "PLANS"]));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, async review =>
            await review.MarkDuplicateAsync(likely, null, "Taken", [await portal.CustomerOfAsync(held)], CancellationToken.None)));
        var number = await portal.FiledAsync(portal.Yuanjian, likely);
        portal.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<DisputeOutcome.Done>(await portal.DecideAsync(number, overturn: true));

        var awarded = (await portal.DisputeAsync(portal.Yuanjian, number))!.Sides.Single().AwardedDeal!;
        Assert.Equal(("approved", "duplicate"), (await portal.StatusAsync(held), await portal.StatusAsync(likely)));
        Assert.Equal(new[] { (held, false), (awarded, false), (awarded, false) }.Order(), (await portal.LiveClaimsAsync(held)).Order());
        Assert.Contains("lose_lines", await portal.Database.ListAsync<string>("select act from portal.deal_act join portal.deal using (deal_id) where number = @held", new { held }));
    }

    [Fact]
    public async Task Lines_that_were_lost_stand_as_lost_since_when_and_by_which_dispute()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("失去一线有限公司", lines: ["DISPLAYS", "DESKS"]));
        var receipt = (await portal.Database.ListAsync<string>("select jws from portal.claim_receipt join portal.deal d using (deal_id) where d.number = @held", new { held })).Single();
        var number = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("失去一线有限公司")));
        portal.Clock.Advance(TimeSpan.FromMinutes(5));
        await portal.DecideAsync(number, overturn: true);

        var deal = (await portal.FindAsync(portal.Huaxin, held))!;
        Assert.Equal(("DESKS", "DISPLAYS", number, "approved"), (deal.ProductLines.Single(), deal.LostLines.Single(), deal.LostIn.Single(), deal.Status));
        var holder = portal.SignIn(portal.Huaxin);
        var page = await holder.GetAsync($"/deals/{held}");
        Assert.Equal("Displays", page.Text("dd s"));
        Assert.NotNull(page.Document.QuerySelector($"a[href='/disputes/{number}']"));
        var answer = (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/deals/{held}")).Json;
        Assert.Equal("DISPLAYS " + number, answer.GetProperty("lostLines")[0].GetProperty("productLine").GetString() + " " + answer.GetProperty("lostLines")[0].GetProperty("dispute").GetString());
        Assert.Equal(["DESKS"], answer.GetProperty("productLines").EnumerateArray().Select(line => line.GetString()));
        Assert.DoesNotContain(held, (await holder.GetAsync("/deals?line=DISPLAYS")).Words);
        Assert.DoesNotContain(held, (await holder.GetAsync("/pipeline/list?line=DISPLAYS")).Body);
        Assert.Contains(held, (await holder.GetAsync("/pipeline/list?line=DESKS")).Body);
        Assert.Contains($"The product line DISPLAYS is another partner’s by now: dispute {number} was decided so on", (await portal.Anonymous().SubmitAsync("/claim-receipts", ("text", receipt))).Words);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));
        Assert.Equal("a_lost_line_stays_lost", (await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync("delete from deal_product_line where lost_at is not null", null, default))).ConstraintName);
        Assert.Equal("the_deal_desk_decides", (await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync("update deal_product_line set lost_at = now(), lost_by = (select min(dispute_id) from dispute) where lost_at is null", null, default))).ConstraintName);
    }

    [Fact]
    public async Task While_a_dispute_runs_a_claim_is_amended_in_its_amount_only()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("争议变更有限公司", lines: ["DISPLAYS", "DESKS"]));
        var early = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("争议之前有限公司", lines: ["DISPLAYS", "DESKS"]));
        Assert.IsType<DealOutcome.Done>(await AmendAsync(early, new() { ProductLines = ["DESKS"], Reason = "Desks only" }));
        var number = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("争议变更有限公司")));
        await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("争议之前有限公司")));

        Assert.Equal(["productLines amendments.invalid.disputed", "territory amendments.invalid.disputed"],
            Assert.IsType<DealOutcome.Invalid>(await AmendAsync(held, new() { ProductLines = ["DESKS"], Territory = "CN-NORTH", Reason = "Away from it" })).Problems.Select(problem => $"{problem.Field} {problem.TextKey}"));
        Assert.Equal("amendments.refused.disputed", Assert.IsType<DealOutcome.Refused>(await GrantAsync(early)).TextKey);
        var listed = (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/deals?customer={(await portal.FindAsync(portal.Huaxin, held))!.CustomerNumber}")).Json.GetProperty("items");
        Assert.Equal([true], listed.EnumerateArray().Select(answer => answer.GetProperty("isDisputed").GetBoolean()));
        var form = await portal.SignIn(portal.Huaxin).GetAsync($"/deals/{held}/amendments/new");
        Assert.Contains("A dispute about this deal runs.", form.Words);
        Assert.False(form.Has("[name=ProductLines]"));
        Assert.IsType<DealOutcome.Done>(await AmendAsync(held, new() { Amount = 60_000, Reason = "Half of it" }));
        portal.Clock.Advance(TimeSpan.FromMinutes(5));
        await portal.DecideAsync(number, overturn: true);

        Assert.Equal(["Amount"], (await portal.SignIn(portal.DealDesk).GetAsync($"/deals/{held}")).All("table.compare tr.differs th"));
        Assert.IsType<DealOutcome.Done>(await GrantAsync(held));
        Assert.Equal(["""["Desks"]"""], await portal.Database.ListAsync<string>("select (details #> '{after,lines}')::text from portal.audit_entry where subject_number = @held and action = 'deal.grant_amendment'", new { held }));
        var deal = (await portal.FindAsync(portal.Huaxin, held))!;
        Assert.Equal((60_000m, "DESKS", "DISPLAYS"), (deal.Amount, deal.ProductLines.Single(), deal.LostLines.Single()));
        Assert.Equal("amendments.invalid.lost_line", Assert.Single(Assert.IsType<DealOutcome.Invalid>(await AmendAsync(held, new() { ProductLines = ["DESKS", "DISPLAYS"], Reason = "Back again" })).Problems).TextKey);
        Assert.IsType<DealOutcome.Done>(await AmendAsync(held, new() { Territory = "CN-NORTH", Reason = "They moved" }));
        var lifecycle = (await portal.Api(portal.Huaxin).GetAsync("/api/v1/deals/lifecycle")).Json;
        Assert.Equal(["amount"], lifecycle.GetProperty("amendableWhileDisputed").EnumerateArray().Select(field => field.GetString()));
    }

    Task<DealOutcome> AmendAsync(string number, AmendmentTyped typed) => portal.AsAsync<AmendDeal, DealOutcome>(portal.Huaxin, amend => amend.RequestAsync(number, null, typed, default));

    Task<DealOutcome> GrantAsync(string number) => portal.AsAsync<AmendDeal, DealOutcome>(portal.DealDesk, amend => amend.GrantAsync(number, null, default));

    [Fact]
    public async Task A_dispute_of_two_claims_that_met_gives_the_customer_to_exactly_one()
    {
        foreach (var overturn in new[] { false, true })
        {
            var older = await portal.ApprovedAsync(portal.Huaxin, portal.Deal($"二选一甲{overturn}有限公司"));
            var younger = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal($"非此即彼乙{overturn}有限公司"));
            await portal.MergedAsync(older, younger);
            var number = Assert.Single(await portal.DisputesAsync(portal.DealDesk, older)).Number;
            portal.Clock.Advance(TimeSpan.FromMinutes(5));

            Assert.IsType<DisputeOutcome.Done>(await portal.DecideAsync(number, overturn));

            var (winner, loser) = overturn ? (younger, older) : (older, younger);
            Assert.Equal([(winner, false)], await portal.LiveClaimsAsync(older));
            Assert.Equal(("approved", "expired"), (await portal.StatusAsync(winner), await portal.StatusAsync(loser)));
        }
    }

    [Fact]
    public async Task Four_decisions_at_the_same_moment_are_one()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("同时裁决有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("同时裁决有限公司")));
        portal.Clock.Advance(TimeSpan.FromMinutes(1));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(at => Task.Run(() => portal.DecideAsync(number, overturn: at % 2 == 0))));

        Assert.Single(outcomes.OfType<DisputeOutcome.Done>());
        Assert.Single(await portal.LiveClaimsAsync(held));
    }

    [Fact]
    public async Task The_desk_asks_a_side_and_only_that_side_reads_and_answers()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("补充证据有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("补充证据有限公司")));
        var desk = portal.SignIn(portal.DealDesk);

        await desk.SubmitAsync($"/disputes/{number}", ("side", "holder"), ("reason", "Who signed the minutes?"));
        await desk.PressAsync(await desk.GetAsync($"/disputes/{number}"), "form[action$=notes]", ("reason", "Looks weak"));
        var holder = portal.SignIn(portal.Huaxin);
        var asked = await holder.GetAsync($"/disputes/{number}");
        var claimant = await portal.SignIn(portal.Yuanjian).GetAsync($"/disputes/{number}");

        Assert.Contains("Who signed the minutes?", asked.Words);
        Assert.DoesNotContain("Who signed the minutes?", claimant.Words);
        Assert.All(new[] { asked, claimant }, page => Assert.DoesNotContain("Looks weak", page.Words));
        Assert.Contains((await holder.GetAsync("/")).All("a"), words => words.Contains("Disputes that want your evidence", StringComparison.Ordinal));
        await holder.SubmitAsync(asked, ("body", "Their director did"));
        Assert.Equal("open", (await portal.DisputeAsync(portal.DealDesk, number))!.Status);
        Assert.Contains("Their director did", (await desk.GetAsync($"/disputes/{number}")).Words);
        Assert.DoesNotContain("Their director did", (await portal.SignIn(portal.Yuanjian).GetAsync($"/disputes/{number}")).Words);
    }

    [Fact]
    public async Task The_clock_leaves_out_weekends_and_holidays_and_counts_days_that_are_worked()
    {
        await portal.Database.ExecuteAsync("delete from portal.working_day_exception");
        portal.Clock.Now = new DateTimeOffset(2028, 3, 3, 9, 0, 0, TimeSpan.Zero); // a Friday
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("工作日历有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("工作日历有限公司")));
        Assert.Equal((new DateOnly(2028, 3, 10), 5), ((await portal.DisputeAsync(portal.Huaxin, number))!.DueDay, (await portal.DisputeAsync(portal.Huaxin, number))!.DaysLeft));
        var admin = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        await admin.SubmitAsync("/disputes/calendar", ("day", "2028-03-08"), ("name", "Women’s day"));
        Assert.Equal(new DateOnly(2028, 3, 13), (await portal.DisputeAsync(portal.Huaxin, number))!.DueDay);
        await admin.SubmitAsync("/disputes/calendar", ("day", "2028-03-11"), ("name", "Worked instead"));
        Assert.Equal(new DateOnly(2028, 3, 11), (await portal.DisputeAsync(portal.Huaxin, number))!.DueDay);
        var without = await admin.SubmitAsync("/disputes/calendar", ("day", ""), ("name", ""));

        Assert.Equal("Enter a day.", without.Text("#day-problem"));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.Huaxin).GetAsync("/disputes/calendar")).Status);
    }

    [Fact]
    public async Task An_overdue_dispute_is_escalated_once()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("逾期上报有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("逾期上报有限公司")));
        var admin = await portal.Given.SomebodyOfTheBrand("brand_admin");
        Assert.DoesNotContain(number, await EscalatedAsync());

        portal.Clock.Advance(TimeSpan.FromDays(12));
        await RunAsync();
        await RunAsync();

        Assert.True((await portal.DisputeAsync(portal.Huaxin, number))!.IsOverdue);
        Assert.Single((await portal.SignIn(admin).GetAsync("/notifications")).All(".notification-open"), told => told.StartsWith(number, StringComparison.Ordinal));
        Assert.Contains("Overdue", (await portal.SignIn(admin).GetAsync("/disputes?overdue=yes")).Words);
        Assert.Contains(number, await EscalatedAsync());
    }

    [Fact]
    public async Task A_dispute_ends_by_itself_when_a_side_gives_up_and_nobody_slips_in_between()
    {
        var older = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("自行结束甲有限公司"));
        var younger = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("悄然离场乙有限公司"));
        var third = await portal.SubmittedAsync(await portal.Given.ADistributor("第三家"), portal.Deal("自行结束"));
        await portal.MergedAsync(older, younger);
        var number = Assert.Single(await portal.DisputesAsync(portal.DealDesk, older)).Number;
        portal.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WithdrawAsync(older, null, "No project", CancellationToken.None)));
        Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(third, null, await portal.CustomerOfAsync(older)));
        await RunAsync();

        Assert.Equal("void", (await portal.DisputeAsync(portal.DealDesk, number))!.Status);
        Assert.Equal([(younger, false)], await portal.LiveClaimsAsync(older));
    }

    [Fact]
    public async Task A_withdrawn_dispute_leaves_everything_and_may_be_filed_again()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("撤回申诉有限公司"));
        var blocked = await portal.BlockedAsync(portal.Yuanjian, portal.Deal("撤回申诉有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, blocked);
        Task<DisputeOutcome> WithdrawAsync(TestPerson person) => portal.AsAsync<AnswerDispute, DisputeOutcome>(person, answer => answer.WithdrawAsync(number, null, "Mistaken", CancellationToken.None));

        Assert.IsType<DisputeOutcome.Forbidden>(await WithdrawAsync(portal.Huaxin));
        Assert.IsType<DisputeOutcome.Done>(await WithdrawAsync(portal.Yuanjian));

        Assert.Equal([(held, false)], await portal.LiveClaimsAsync(held));
        Assert.DoesNotContain("Mistaken", (await portal.SignIn(portal.Huaxin).GetAsync($"/disputes/{number}")).Words);
        Assert.IsType<DisputeOutcome.Done>(await portal.FileAsync(portal.Yuanjian, blocked));
    }

    [Fact]
    public async Task What_cannot_be_disputed_is_refused()
    {
        var submitted = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("无可申诉有限公司"));
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("别人的客户有限公司"));
        var blocked = await portal.BlockedAsync(portal.Huaxin, portal.Deal("别人的客户有限公司"));
        var colleagues = await portal.BlockedAsync(portal.Huaxin, portal.Deal("无可申诉有限公司"));
        var viewer = await portal.Given.APerson(portal.Huaxin.Partner, "viewer");

        Assert.Equal("disputes.refused.nothing_to_dispute", Assert.IsType<DisputeOutcome.Refused>(await portal.FileAsync(portal.Huaxin, submitted)).TextKey);
        Assert.Equal("disputes.refused.nothing_to_dispute", Assert.IsType<DisputeOutcome.Refused>(await portal.FileAsync(portal.Huaxin, colleagues)).TextKey);
        Assert.IsType<DisputeOutcome.Missing>(await portal.FileAsync(portal.Yuanjian, blocked));
        Assert.IsType<DisputeOutcome.Forbidden>(await portal.FileAsync(viewer, blocked));
        Assert.IsType<DisputeOutcome.Forbidden>(await portal.FileAsync(portal.DealDesk, blocked));
    }

    [Fact]
    public async Task Past_the_code_a_side_decides_nothing_and_reads_no_other_side()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("绕过代码有限公司"));
        var number = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("绕过代码有限公司")));
        var holder = Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject);
        var claimant = Caller.Subject(TestIdentityProvider.Issuer, portal.Yuanjian.Subject);
        async Task<string?> RefusedAsync(Caller caller, string sql) => (await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var forger = portal.Database.As(caller);
            await forger.ExecuteAsync(sql, new { number }, CancellationToken.None);
        })).SqlState;

        Assert.Equal("42501", await RefusedAsync(claimant, "update dispute set status = 'overturned', decision = 'x', ended_at = now() where number = @number"));
        Assert.Equal("42501", await RefusedAsync(holder, "update dispute set status = 'withdrawn', decision = 'x', ended_at = now() where number = @number"));
        Assert.Equal("42501", await RefusedAsync(claimant, "update dispute set due_at = due_at - interval '1 day' where number = @number"));
        Assert.Equal("42501", await RefusedAsync(holder, "select file_dispute((select number from deal limit 1), 'DP-X', now(), 5)"));
        await using var db = portal.Database.As(holder);
        Assert.Equal([portal.Huaxin.Partner.PartnerId], await db.ListAsync<long>("select distinct partner_id from dispute_side", null, CancellationToken.None));
        Assert.Equal(0L, await db.OneAsync<long>("select count(*) from dispute_statement where partner_id <> app_partner_id() or partner_id is null", null, CancellationToken.None));
    }

    [Fact]
    public async Task Programs_file_answer_and_decide()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("接口申诉有限公司"));
        var blocked = await portal.BlockedAsync(portal.Yuanjian, portal.Deal("接口申诉有限公司"));
        var (claimant, holder, desk) = (portal.Api(portal.Yuanjian), portal.Api(portal.Huaxin), portal.Api(portal.DealDesk));

        var filed = await claimant.PostAsync("/api/v1/disputes", new { deal = blocked, grounds = "Ours" });
        var number = filed.Json.GetProperty("number").GetString();
        var seen = await holder.GetAsync($"/api/v1/disputes/{number}");
        var stated = await holder.PostAsync($"/api/v1/disputes/{number}/statements", new { body = "No, ours" });
        var refused = await desk.SendAsync(HttpMethod.Post, $"/api/v1/disputes/{number}/decision", new { decision = "maybe", reason = "x" }, ("If-Match", "\"1\""));
        var stale = await desk.SendAsync(HttpMethod.Post, $"/api/v1/disputes/{number}/decision", new { decision = "overturn", reason = "x" }, ("If-Match", "\"7\""));
        var decided = await desk.SendAsync(HttpMethod.Post, $"/api/v1/disputes/{number}/decision", new { decision = "overturn", reason = "Proven" }, ("If-Match", "\"1\""));

        Assert.Equal(HttpStatusCode.Created, filed.Status);
        Assert.DoesNotContain(portal.Yuanjian.Partner.Number, seen.Text);
        Assert.Equal("holder", seen.Json.GetProperty("sides")[0].GetProperty("side").GetString());
        Assert.Equal(1, (await claimant.GetAsync($"/api/v1/disputes/{number}/statements")).Json.GetArrayLength());
        Assert.Equal(2, (await desk.GetAsync($"/api/v1/disputes/{number}/statements")).Json.GetArrayLength());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.PreconditionFailed), (stated.Status, refused.Status, stale.Status));
        Assert.Equal("overturned", decided.Json.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await holder.SendAsync(HttpMethod.Post, $"/api/v1/disputes/{number}/decision", new { decision = "uphold", reason = "x" }, ("If-Match", "\"2\""))).Status);
        Assert.Contains(number!, (await claimant.GetAsync("/api/v1/disputes?status=overturned")).Text);
    }

    async Task<WatchedDisputes> RunAsync() =>
        await portal.InScopeAsync(Caller.System("job:watch-disputes"), services => ActivatorUtilities.CreateInstance<WatchDisputes>(services).RunAsync(CancellationToken.None));

    Task<List<string>> EscalatedAsync() => portal.Database.ListAsync<string>("select number from portal.dispute where escalated_at is not null");
}
