using System.Net;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

/// <summary>What the registration form and programs ask before a claim is made.</summary>
public sealed class CheckingBeforehand(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task The_form_says_where_the_claim_would_stand_and_nothing_is_entered()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("常州天宁服装有限公司"));
        var rival = portal.SignIn(portal.Yuanjian);

        var taken = await AskAsync(rival, "常州 天宁服装（有限公司）");
        var free = await AskAsync(rival, "常州从未听闻有限公司");

        Assert.Contains("Another partner has claimed this customer.", taken.Text("strong"));
        Assert.DoesNotContain("华信", taken.Text("dl"));
        Assert.Contains("No conflict was found.", free.Text("strong"));
        Assert.Empty(await portal.Database.ListAsync<string>("select name from portal.end_customer where name in ('常州 天宁服装（有限公司）', '常州从未听闻有限公司')"));
    }

    [Fact]
    public async Task A_question_counts_like_a_screening_and_the_same_one_again_costs_nothing()
    {
        var prober = await portal.Given.ADistributor("无锡问问");
        await portal.Database.ExecuteAsync("""
            insert into portal.protection_policy (effective_from, partner_level, protection_days, extension_days, reminder_days, recently_expired_days, screenings_per_day)
            values ('2026-01-01', 'platinum', 90, 30, 14, 30, 2)
            """);
        await portal.Database.ExecuteAsync("update portal.partner set partner_level = 'platinum' where partner_id = @PartnerId", new { prober.Partner.PartnerId });
        var visitor = portal.SignIn(prober);

        var first = await AskAsync(visitor, "无锡锡山第一有限公司");
        var again = await AskAsync(visitor, "无锡锡山第一有限公司", first.Document.QuerySelector("[name=Checked]")!.GetAttribute("value"));
        var second = await AskAsync(visitor, "无锡锡山第二有限公司");
        var third = await AskAsync(visitor, "无锡锡山第三有限公司");

        Assert.Equal(HttpStatusCode.NoContent, again.Status);
        Assert.Contains("0 more checks today.", second.Text(".form-hint"));
        Assert.Contains("Your company has used up its checks for today.", third.Text(".form-hint"));
        Assert.IsType<DealOutcome.NoScreeningLeft>(await portal.SubmitAsync(prober, portal.Deal("无锡锡山第三有限公司")));
        Assert.Equal([2], await portal.Database.ListAsync<int>("select count(*)::integer from portal.deal_screening where partner_id = @PartnerId and deal_id is null", new { prober.Partner.PartnerId }));
    }

    [Theory]
    [InlineData("", "DISPLAYS", "CN-EAST")]
    [InlineData("🙂", "DISPLAYS", "CN-EAST")]
    [InlineData("南通海门有限公司", "NOTHING", "CN-EAST")]
    [InlineData("南通海门有限公司", "DISPLAYS", "")]
    public async Task Until_enough_is_typed_nothing_is_asked(string name, string line, string territory)
    {
        var page = await SendAsync(portal.SignIn(portal.Huaxin), ("CustomerName", name), ("CountryCode", "CN"), ("ProductLines", line), ("Territory", territory));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("flash", page.Document.Body!.InnerHtml);
    }

    [Fact]
    public async Task The_brand_asks_nothing() =>
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(portal.SignIn(portal.DealDesk), "南通海门有限公司")).Status);

    [Fact]
    public async Task A_possible_match_and_a_miss_are_told_alike()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("北京金茂置业有限公司"));
        var rival = portal.SignIn(portal.Yuanjian);

        var possible = await AskAsync(rival, "北京茂业置业有限公司");
        var miss = await AskAsync(rival, "一个没人知道的企业");

        Assert.Equal(miss.Text("strong"), possible.Text("strong"));
        Assert.Equal(miss.Document.QuerySelectorAll("*").Length, possible.Document.QuerySelectorAll("*").Length);
    }

    static Task<Page> AskAsync(Visitor visitor, string name, string? last = null) =>
        SendAsync(visitor, ("CustomerName", name), ("CountryCode", "CN"), ("ProductLines", "DISPLAYS"), ("Territory", "CN-EAST"), ("Checked", last ?? ""));

    // As the page does while it is filled in: the form as it is now.
    static async Task<Page> SendAsync(Visitor visitor, params (string, string)[] fields)
    {
        var token = (await visitor.GetAsync("/deals/new")).Document.QuerySelector("form.deal-form [name=__RequestVerificationToken]")?.GetAttribute("value");
        return await visitor.PostAsync("/deals/checks", [.. fields, ("__RequestVerificationToken", token ?? "")]);
    }
}
