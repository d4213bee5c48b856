using System.Net;
using Portal.Customers;
using Portal.Deals;
using Portal.Tests.Deals;
using Portal.Tests.Disputes;
using Support;

namespace Portal.Tests.Customers;

public sealed class GroupingCompanies(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_claim_on_a_sister_of_a_claimed_company_is_related_and_goes_to_a_reviewer()
    {
        var parent = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("远东控股母公司有限公司"));
        var claimed = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("东方一建工程有限公司"));
        var sister = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("西域二建物资有限公司", lines: ["PLANS"]));
        await LinkedAsync(claimed, parent);
        await LinkedAsync(sister, parent);

        var outcome = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(await portal.Given.ADistributor("关联报备商"), portal.Deal("西域二建物资有限公司", lines: ["DISPLAYS"])));

        Assert.Equal(("live_claim", "related", false), (outcome.Verdict!.Conflict, outcome.Verdict.Band, outcome.Verdict.Blocked));
        var deal = (await portal.FindAsync(portal.DealDesk, outcome.Number))!;
        var candidates = await portal.AsAsync<DealPages, List<ReviewCandidate>>(portal.DealDesk, pages => pages.CandidatesAsync(deal.DealId, CancellationToken.None));
        Assert.Contains(candidates, candidate => candidate is { Name: "东方一建工程有限公司", Band: "related", Conflict: "live_claim" });
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(portal.DealDesk).GetAsync($"/deals/{outcome.Number}/review")).Status);
    }

    [Fact]
    public async Task The_page_shows_the_group_and_takes_a_link_back()
    {
        var child = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("页面子公司物业有限公司"));
        var parent = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("页上母体置地有限公司"));
        var (below, above) = (await portal.CustomerOfAsync(child), await portal.CustomerOfAsync(parent));
        var desk = portal.SignIn(portal.DealDesk);

        var wrong = await desk.SubmitAsync($"/customers/{below}/company", ("parent", "C-NONE"), ("linkReason", "Register"));
        var linked = await desk.SubmitAsync(wrong, ("parent", above), ("linkReason", "Register"));
        var seen = await desk.GetAsync($"/customers/{above}/company");
        var again = await portal.AsAsync<CustomerGroups, ClusterOutcome>(portal.DealDesk, groups => groups.LinkAsync(below, above, "Again", CancellationToken.None));
        var ended = await desk.PressAsync(linked, "form[action$=ending]", ("endReason", "Sold"));

        Assert.Equal("Enter the number of a customer that is another company.", wrong.Text("#parent-problem"));
        Assert.Contains("页面子公司物业有限公司 belongs to 页上母体置地有限公司", linked.Words);
        Assert.Contains("页面子公司物业有限公司 belongs to 页上母体置地有限公司", seen.Words);
        Assert.Equal("customers.refused.has_parent", Assert.IsType<ClusterOutcome.Refused>(again).TextKey);
        Assert.Contains("No parent and no subsidiary is known.", ended.Words);
    }

    [Fact]
    public async Task No_company_becomes_its_own_parent_neither_by_a_link_nor_by_a_merge()
    {
        var one = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("环环甲级投资有限公司"));
        var two = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("相扣乙方实业有限公司"));
        var three = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("循环丙类贸易有限公司"));
        await LinkedAsync(one, two);
        await LinkedAsync(two, three);

        Assert.Equal("customers.refused.circle", Assert.IsType<ClusterOutcome.Refused>(await LinkAsync(three, one)).TextKey);
        Assert.Equal("customers.refused.merge_circle", Assert.IsType<ClusterOutcome.Refused>(await portal.MergeAsync(one, three)).TextKey);
        await portal.MergedAsync(one, two);
    }

    [Fact]
    public async Task Two_links_that_close_a_circle_at_the_same_moment_do_not_both_come_about()
    {
        var one = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("争先甲级投资有限公司"));
        var two = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("恐后乙方实业有限公司"));

        var outcomes = await Task.WhenAll(Task.Run(() => LinkAsync(one, two)), Task.Run(() => LinkAsync(two, one)));

        Assert.Single(outcomes.OfType<ClusterOutcome.Done>());
    }

    [Fact]
    public async Task Partners_learn_of_no_group()
    {
        var child = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("保密子公司医药有限公司"));
        var customer = await portal.CustomerOfAsync(child);

        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).PostAsync($"/api/v1/customers/{customer}/company/parents", new { parent = customer, reason = "x" })).Status);
        Assert.Equal(0L, await portal.AsAsync<Platform.Database.Db, long>(portal.Huaxin, db => db.OneAsync<long>("select count(*) from customer_parent", null, CancellationToken.None)));
    }

    Task<ClusterOutcome> LinkAsync(string child, string parent) => portal.AsAsync<CustomerGroups, ClusterOutcome>(portal.DealDesk, async groups =>
        await groups.LinkAsync(await portal.CustomerOfAsync(child), await portal.CustomerOfAsync(parent), "Annual report", CancellationToken.None));

    async Task LinkedAsync(string child, string parent) => Assert.IsType<ClusterOutcome.Done>(await LinkAsync(child, parent));
}
