using System.Net;
using Npgsql;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Portal.Disputes;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Disputes;

public sealed class MergingCompanies(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task Two_companies_become_one_on_the_page_and_part_again()
    {
        var first = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("合并甲物流有限公司"));
        var second = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("并购乙仓储有限公司"));
        var (kept, other) = (await portal.CustomerOfAsync(first), await portal.CustomerOfAsync(second));
        var desk = portal.SignIn(portal.DealDesk);

        var preview = await desk.GetAsync($"/customers/{kept}/company/merge?with={other}");
        var without = await desk.PressAsync(preview, "form[action$=merges]", ("reason", ""));
        var merged = await desk.SubmitAsync(without, ("with", other), ("reason", "One register entry"));

        Assert.Contains("并购乙仓储有限公司", preview.Words);
        Assert.Equal("Give a reason.", without.Text("#reason-problem"));
        Assert.Equal($"/customers/{kept}/company", merged.Path);
        Assert.Contains("并购乙仓储有限公司", merged.Text("section:first-of-type tbody tr:nth-child(2) td a"));
        Assert.Contains("One register entry", merged.Words);
        Assert.Equal("deals.refused.taken_until", Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(second)).TextKey);

        var undone = await desk.PressAsync(merged, "form[action$=undoing]", ("reason", "Two registers"));

        Assert.Contains("It is undone.", undone.Words);
        Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(second));
        var act = (await portal.Database.ListAsync<string>("select subject_number from portal.audit_entry where action = 'customers.undone' order by audit_entry_id desc limit 1")).Single();
        Assert.Equal("customers.refused.undone", Assert.IsType<ClusterOutcome.Refused>(await portal.UndoAsync(act)).TextKey);
    }

    [Fact]
    public async Task Where_live_claims_meet_the_younger_is_contested_and_a_dispute_opens()
    {
        var older = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("相遇一号有限公司", lines: ["DISPLAYS", "DESKS"]));
        portal.Clock.Advance(TimeSpan.FromHours(1));
        var younger = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("遇见二号商贸有限公司", lines: ["DESKS", "PLANS"]));
        var third = await portal.Given.ADistributor("第三方");

        await portal.MergedAsync(younger, older);

        var dispute = Assert.Single(await portal.DisputesAsync(portal.DealDesk, older));
        Assert.Equal(("meeting", "open"), (dispute.Kind, dispute.Status));
        Assert.Equal([("claimant", younger), ("holder", older)], dispute.Sides.Select(side => (side.Side, side.DealNumber)));
        Assert.All(dispute.Sides, side => Assert.Equal(["DESKS"], side.ProductLines));
        Assert.Equal(new[] { (older, false), (older, true), (younger, true), (younger, false) }.Order(), (await portal.LiveClaimsAsync(older)).Order());
        var stopped = Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(third, portal.Deal("相遇一号有限公司", lines: ["DESKS"])));
        Assert.Equal("live_claim", stopped.Verdict.Conflict);
    }

    [Fact]
    public async Task The_database_lets_no_third_claim_between_two_that_are_disputed()
    {
        var older = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("三方一号有限公司"));
        var younger = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("另有其名二号有限公司"));
        var other = await portal.ApprovedAsync(await portal.Given.ADistributor("又一家"), portal.Deal("全然不同三号有限公司"));
        await portal.MergedAsync(older, younger);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("""
            insert into portal.deal_claim (deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, protection)
            select k.deal_id, k.partner_id, k.end_customer_id, k.customer_cluster_id, k.product_line_id, k.territory_id, k.protection
            from portal.deal_claim k join portal.deal d using (deal_id) where d.number = @older
            """, new { older }));

        Assert.Equal("one_live_claim", refused.ConstraintName);
        Assert.Equal("disputes.refused.third_claim", Assert.IsType<ClusterOutcome.Refused>(await portal.MergeAsync(older, other)).TextKey);
        Assert.Single(await portal.DisputesAsync(portal.DealDesk, older));
        Assert.Empty(await portal.DisputesAsync(portal.DealDesk, other));
    }

    [Fact]
    public async Task A_side_cannot_contest_a_claim_past_the_code()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("自我争议有限公司"));

        var refused = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));
            await db.ExecuteAsync("update deal_claim set over_at = upper(protection) where deal_id = (select deal_id from deal where number = @held)", new { held }, CancellationToken.None);
        });

        Assert.Equal("the_deal_desk_decides", refused.ConstraintName);
    }

    [Fact]
    public async Task Undoing_the_merge_voids_the_dispute_and_both_claims_count_again()
    {
        var older = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("撤销一号有限公司"));
        var younger = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("恢复原状二号有限公司"));
        var act = await portal.MergedAsync(older, younger);
        var number = Assert.Single(await portal.DisputesAsync(portal.DealDesk, older)).Number;

        Assert.IsType<ClusterOutcome.Done>(await portal.UndoAsync(act));

        Assert.Equal(("void", "disputes.void.parted"), ((await portal.DisputeAsync(portal.DealDesk, number))!.Status, (await portal.DisputeAsync(portal.DealDesk, number))!.Decision));
        Assert.Equal([(older, false)], await portal.LiveClaimsAsync(older));
        Assert.Equal([(younger, false)], await portal.LiveClaimsAsync(younger));
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Huaxin, portal.Deal("恢复原状二号有限公司")));
    }

    [Fact]
    public async Task After_a_decision_the_merge_stays()
    {
        var older = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("已裁决一号有限公司"));
        var younger = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("木已成舟二号有限公司"));
        var act = await portal.MergedAsync(older, younger);
        var number = Assert.Single(await portal.DisputesAsync(portal.DealDesk, older)).Number;
        Assert.IsType<DisputeOutcome.Done>(await portal.DecideAsync(number, overturn: false));

        Assert.Equal("disputes.refused.decided", Assert.IsType<ClusterOutcome.Refused>(await portal.UndoAsync(act)).TextKey);
    }

    [Fact]
    public async Task A_customer_that_moved_on_keeps_the_first_merge_from_being_undone()
    {
        var one = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("连环一号有限公司"));
        var two = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("移步换景二号有限公司"));
        var three = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("别有洞天三号有限公司"));
        var first = await portal.MergedAsync(one, two);
        var second = await portal.MergedAsync(three, two);

        Assert.Equal("customers.refused.moved_since", Assert.IsType<ClusterOutcome.Refused>(await portal.UndoAsync(first)).TextKey);
        Assert.IsType<ClusterOutcome.Done>(await portal.UndoAsync(second));
        Assert.IsType<ClusterOutcome.Done>(await portal.UndoAsync(first));
        Assert.Equal([3L], await portal.Database.ListAsync<long>("select count(distinct c.customer_cluster_id) from portal.deal d join portal.end_customer c using (end_customer_id) where d.number = any(@all)", new { all = new[] { one, two, three } }));
    }

    [Fact]
    public async Task Chosen_customers_are_split_off_with_their_claims_and_come_back_unless_claims_would_meet()
    {
        var first = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("拆分机电有限公司", lines: ["DISPLAYS"]));
        var second = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("拆分机电有限公司", lines: ["DESKS"]));
        var (stays, leaves) = (await portal.CustomerOfAsync(first), await portal.CustomerOfAsync(second));
        Task<ClusterOutcome> SplitAsync(params string[] members) => portal.AsAsync<SplitCluster, ClusterOutcome>(portal.DealDesk, split => split.RunAsync(stays, members, "A namesake", CancellationToken.None));

        Assert.IsType<ClusterOutcome.Invalid>(await SplitAsync());
        Assert.IsType<ClusterOutcome.Invalid>(await SplitAsync(stays, leaves));
        Assert.IsType<ClusterOutcome.Invalid>(await SplitAsync("C-0000-0000-0000"));
        var act = Assert.IsType<ClusterOutcome.Done>(await SplitAsync(leaves)).Number;

        Assert.Equal([(first, false)], await portal.LiveClaimsAsync(first));
        Assert.Equal([(second, false)], await portal.LiveClaimsAsync(second));
        Assert.IsType<ClusterOutcome.Done>(await portal.UndoAsync(act));
        Assert.Equal([(first, false), (second, false)], await portal.LiveClaimsAsync(first));
    }

    [Fact]
    public async Task Protections_that_are_over_do_not_keep_companies_apart()
    {
        var one = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("往事一号有限公司"));
        var two = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("陈年二号有限公司"));
        portal.Clock.Advance(TimeSpan.FromHours(2));
        foreach (var (person, deal) in new[] { (portal.Huaxin, one), (portal.Yuanjian, two) })
        {
            Assert.IsType<DealOutcome.Done>(await portal.AsAsync<PursueDeal, DealOutcome>(person, pursue => pursue.LoseAsync(deal, null, "Price", CancellationToken.None)));
        }

        await portal.MergedAsync(one, two);

        Assert.Empty(await portal.DisputesAsync(portal.DealDesk, one));
        Assert.Empty(await portal.LiveClaimsAsync(one));
    }

    [Fact]
    public async Task Ten_merges_and_an_approval_at_the_same_moment_leave_one_holder()
    {
        var first = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("同刻合并一号有限公司"));
        var second = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("霎时相逢二号有限公司"));

        var merges = Enumerable.Range(0, 6).Select(_ => Task.Run(() => portal.MergeAsync(first, second)));
        var approvals = Enumerable.Range(0, 2).Select(_ => Task.Run(() => portal.ApproveAsync(second)));
        var (merged, approved) = (await Task.WhenAll(merges), await Task.WhenAll(approvals));

        Assert.Single(merged.OfType<ClusterOutcome.Done>());
        Assert.True(approved.OfType<DealOutcome.Done>().Count() <= 1);
        var live = await portal.LiveClaimsAsync(first);
        Assert.True(live.Count == 1 || (live.Count == 2 && live.TrueForAll(claim => claim.Contested)));
    }

    [Fact]
    public async Task Partners_neither_see_companies_nor_merge_them()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("外人莫问有限公司"));
        var customer = await portal.CustomerOfAsync(deal);

        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.Huaxin).GetAsync($"/customers/{customer}/company")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/customers/{customer}/company")).Status);
        var channel = await portal.Given.SomebodyOfTheBrand("channel_manager");
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(channel).GetAsync($"/customers/{customer}/company")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(channel).PostAsync($"/api/v1/customers/{customer}/company/splits", new { members = new[] { customer }, reason = "x" })).Status);
    }

    [Fact]
    public async Task Programs_of_the_brand_merge_look_and_undo()
    {
        var one = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("程序合并一号有限公司"));
        var two = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("自动相逢二号有限公司"));
        var (kept, other) = (await portal.CustomerOfAsync(one), await portal.CustomerOfAsync(two));
        var api = portal.Api(portal.DealDesk);

        var meetings = await api.GetAsync($"/api/v1/customers/{kept}/company/meetings?with={other}");
        var merged = await api.PostAsync($"/api/v1/customers/{kept}/company/merges", new { with = other, reason = "Same" });
        var again = await api.PostAsync($"/api/v1/customers/{kept}/company/merges", new { with = other, reason = "Same" });
        var company = await api.GetAsync($"/api/v1/customers/{kept}/company");
        var undone = await api.PostAsync($"/api/v1/cluster-acts/{merged.Json.GetProperty("number").GetString()}/undoing", new { reason = "Not" });

        Assert.Equal(one, meetings.Json[0].GetProperty("holderDeal").GetString());
        Assert.Equal(HttpStatusCode.Created, merged.Status);
        Assert.Equal((HttpStatusCode.Conflict, "company-already-one"), (again.Status, again.Problem));
        Assert.Equal(2, company.Json.GetProperty("customers").GetArrayLength());
        Assert.Equal(HttpStatusCode.NoContent, undone.Status);
    }
}
