using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class ScreeningAClaim(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_customer_nobody_has_is_taken_in()
    {
        var outcome = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Huaxin, portal.Deal("宁波海曙酒店有限公司")));

        Assert.Equal(Verdict.Clear with { MatchedFields = outcome.Verdict!.MatchedFields }, outcome.Verdict);
        Assert.Equal("submitted", await portal.StatusAsync(outcome.Number));
    }

    [Fact]
    public async Task A_second_partner_cannot_claim_the_same_customer_under_another_spelling()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("杭州云栖科技有限公司"));

        var outcome = Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("杭州 云栖科技（有限公司）")));

        Assert.Equal(("live_claim", "certain", true, new DateOnly(2026, 6, 1)), (outcome.Verdict.Conflict, outcome.Verdict.Band, outcome.Verdict.Blocked, outcome.Verdict.FreeFrom));
        Assert.Equal(["name"], outcome.Verdict.MatchedFields);
        Assert.Null(outcome.Verdict.OwnDeal);
        Assert.Equal("draft", await portal.StatusAsync(outcome.Number));
    }

    [Fact]
    public async Task Nor_in_traditional_characters_and_in_pinyin_a_reviewer_looks_at_it()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("温州龙湾机电有限公司"));

        var traditional = Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("溫州龍灣機電有限公司")));
        var pinyin = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("Longwan Jidian")));

        Assert.Equal(("live_claim", "certain"), (traditional.Verdict.Conflict, traditional.Verdict.Band));
        Assert.Equal(("live_claim", "likely", false), (pinyin.Verdict!.Conflict, pinyin.Verdict.Band, pinyin.Verdict.Blocked));
        Assert.Equal(["likely"], await portal.Database.ListAsync<string>("""
            select distinct c.band from deal_screening_candidate c join deal_screening s using (deal_screening_id) join deal d using (deal_id) where d.number = @Number
            """, new { pinyin.Number }));
    }

    [Fact]
    public async Task The_registration_number_finds_a_customer_under_any_name()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("苏州工业园区星湖国际酒店管理有限公司", creditCode: "91440300708461136T"));

        var outcome = Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("Starlake Hotel", creditCode: "9144 0300 7084 6113 6T")));

        Assert.Equal(["credit_code"], outcome.Verdict.MatchedFields);
    }

    [Fact]
    public async Task Another_product_line_or_territory_of_the_same_customer_is_free()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("嘉兴南湖物流有限公司", lines: ["DISPLAYS", "DESKS"]));

        Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("嘉兴南湖物流有限公司", lines: ["PLANS"])));
        Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("嘉兴南湖物流有限公司", lines: ["DISPLAYS"], territory: "CN-NORTH")));
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("嘉兴南湖物流有限公司", lines: ["DESKS", "PLANS"])));
    }

    [Fact]
    public async Task A_likely_match_goes_to_a_reviewer_with_its_evidence()
    {
        var first = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("绍兴越城纺织有限公司"));

        var outcome = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("越城纺织")));

        Assert.Equal(("live_claim", "likely", false), (outcome.Verdict!.Conflict, outcome.Verdict.Band, outcome.Verdict.Blocked));
        var pages = await portal.AsAsync<DealPages, (List<ReviewCandidate>, List<RivalDeal>)>(portal.DealDesk, async pages =>
        {
            var deal = (await portal.FindAsync(portal.DealDesk, outcome.Number))!;
            return (await pages.CandidatesAsync(deal.DealId, CancellationToken.None), await pages.RivalsAsync(deal.DealId, portal.Clock.Now.UtcDateTime, CancellationToken.None));
        });
        var candidate = Assert.Single(pages.Item1);
        Assert.Equal(("绍兴越城纺织有限公司", "上海华信", "likely", "live_claim"), (candidate.Name, candidate.PartnerName, candidate.Band, candidate.Conflict));
        Assert.Contains(candidate.Evidence, reason => reason is { Field: "name", Finding: "same_but_place", Points: > 6 });
        var rival = Assert.Single(pages.Item2);
        Assert.Equal((first, true, true), (rival.Number, rival.Live, rival.Collides));
    }

    [Fact]
    public async Task A_possible_match_is_shown_to_the_reviewer_and_not_to_the_claimant()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("浙江远森药业股份有限公司"));

        var outcome = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("浙江远昇药业股份有限公司")));

        Assert.Equal(("none", "none", null), (outcome.Verdict!.Conflict, outcome.Verdict.Band, outcome.Verdict.FreeFrom));
        var deal = (await portal.FindAsync(portal.DealDesk, outcome.Number))!;
        Assert.Equal(["possible"], (await portal.AsAsync<DealPages, List<ReviewCandidate>>(portal.DealDesk, pages => pages.CandidatesAsync(deal.DealId, CancellationToken.None))).Select(candidate => candidate.Band));
    }

    [Fact]
    public async Task A_sister_company_goes_to_a_reviewer()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("三湘重工股份有限公司"));

        var outcome = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("三湘重能股份有限公司")));

        Assert.Equal(("live_claim", "related", false), (outcome.Verdict!.Conflict, outcome.Verdict.Band, outcome.Verdict.Blocked));
    }

    [Fact]
    public async Task A_colleagues_deal_is_named_because_it_is_ones_own()
    {
        var first = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("湖州织里服饰有限公司"));

        var outcome = Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Huaxin, portal.Deal("湖州织里服饰有限公司")));

        Assert.Equal(("own_colleague", first), (outcome.Verdict.Conflict, outcome.Verdict.OwnDeal));
    }

    [Fact]
    public async Task A_direct_account_of_the_brand_is_not_for_partners()
    {
        await portal.AsAsync<Portal.Customers.AddCustomers, object>(portal.DealDesk, async add =>
            await add.AddCustomersAsync([new() { Name = "国家电网华东分部", CountryCode = "CN", DirectAccount = true, Domain = "sgcc-east.example" }], CancellationToken.None));

        var outcome = Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Huaxin, portal.Deal("国家电网华东分部", domain: "www.sgcc-east.example")));

        Assert.Equal(("direct_account", null), (outcome.Verdict.Conflict, outcome.Verdict.FreeFrom));
        Assert.Equal(["name", "domain"], outcome.Verdict.MatchedFields);
    }

    [Fact]
    public async Task A_rival_that_only_waits_is_not_given_away_and_both_are_one_company_for_the_reviewer()
    {
        await portal.SubmittedAsync(portal.Huaxin, portal.Deal("台州椒江医化有限公司"));

        var outcome = Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("台州椒江医化有限公司")));

        Assert.Equal(("none", "none"), (outcome.Verdict!.Conflict, outcome.Verdict.Band));
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(distinct customer_cluster_id) from portal.end_customer where name = '台州椒江医化有限公司'"));
    }

    [Fact]
    public async Task What_the_claimant_is_told_has_the_same_members_for_a_hit_and_a_miss()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("衢州巨化贸易有限公司"));
        await portal.SubmitAsync(portal.Yuanjian, portal.Deal("衢州巨化贸易有限公司"));
        await portal.SubmitAsync(portal.Yuanjian, portal.Deal("衢州无人知晓有限公司"));

        var seen = await portal.InScopeAsync(Platform.Database.Caller.Subject(TestIdentityProvider.Issuer, portal.Yuanjian.Subject), async services =>
        {
            var db = (Platform.Database.Db)services.GetService(typeof(Platform.Database.Db))!;
            return (Candidates: await db.OneAsync<long>("select count(*) from deal_screening_candidate", null, CancellationToken.None),
                Rivals: await db.OneAsync<long>("select count(*) from end_customer where partner_id <> app_partner_id()", null, CancellationToken.None),
                Clusters: await db.OneAsync<long>("select count(*) from customer_cluster", null, CancellationToken.None));
        });

        Assert.Equal((0L, 0L, 0L), seen);
    }

    [Fact]
    public async Task A_partner_that_asks_too_often_waits_until_the_next_day()
    {
        var prober = await portal.Given.ADistributor("探路者");
        await portal.Database.ExecuteAsync("""
            insert into portal.protection_policy (effective_from, partner_level, protection_days, extension_days, reminder_days, recently_expired_days, screenings_per_day)
            values ('2026-01-01', 'platinum', 90, 30, 14, 30, 2)
            """);
        await portal.Database.ExecuteAsync("update portal.partner set partner_level = 'platinum' where partner_id = @PartnerId", new { prober.Partner.PartnerId });
        await portal.SubmittedAsync(prober, portal.Deal("试探一号"));
        await portal.SubmittedAsync(prober, portal.Deal("试探二号"));

        var third = Assert.IsType<DealOutcome.NoScreeningLeft>(await portal.SubmitAsync(prober, portal.Deal("试探三号")));

        Assert.Equal(TimeSpan.FromHours(24) - portal.Clock.Now.TimeOfDay, third.RetryAfter);
        Assert.Empty(await portal.Database.ListAsync<string>("select name from portal.end_customer where name = '试探三号'"));
    }

    [Fact]
    public async Task A_name_in_another_script_or_a_website_finds_the_customer()
    {
        var deal = portal.Deal("Taizhou Sanmen Seafood Trading Co., Ltd.");
        await portal.ApprovedAsync(portal.Huaxin, deal with { Customer = deal.Customer! with { OtherNames = ["台州三门海产贸易有限公司"], Domain = "sanmen.example" } });

        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("台州三门海产贸易有限公司")));
        Assert.Equal("likely", Assert.IsType<DealOutcome.Done>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("Hongfeng Shipping", domain: "https://sanmen.example/"))).Verdict!.Band);
    }

    [Theory]
    [InlineData("Robert'); drop table deal;--")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\u202Eacme\u202C")]
    [InlineData("=HYPERLINK(\"http://x\")")]
    public async Task Hostile_names_are_kept_as_they_are(string name)
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal(name));

        Assert.Equal(name, (await portal.FindAsync(portal.Huaxin, number))!.CustomerName);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_named_field_by_field()
    {
        var outcome = await portal.SubmitAsync(portal.Huaxin, new DealTyped
        {
            Customer = new() { Name = "🙂", CountryCode = "CN", CreditCode = "91440300708461136X" },
            ProductLines = ["NOTHING"],
            Amount = -1,
            Currency = "XXX",
            ExpectedClose = portal.Clock.Today.AddDays(-1),
            ContactEmail = "nobody",
        });

        Assert.Equal(["customerName", "creditCode", "productLines", "territory", "amount", "currency", "expectedClose", "contactEmail"],
            Assert.IsType<DealOutcome.Invalid>(outcome).Problems.Select(problem => problem.Field));
    }

    [Fact]
    public async Task A_partner_is_not_its_own_customer() =>
        Assert.Equal("deals.invalid.own_company", Assert.Single(Assert.IsType<DealOutcome.Invalid>(await portal.SubmitAsync(portal.Huaxin, portal.Deal("上海 华信"))).Problems).TextKey);

    [Fact]
    public async Task A_viewer_and_the_brand_register_nothing()
    {
        var viewer = await portal.Given.APerson(portal.Huaxin.Partner, "viewer");

        Assert.IsType<DealOutcome.Forbidden>(await portal.SubmitAsync(viewer, portal.Deal("某公司")));
        Assert.IsType<DealOutcome.Forbidden>(await portal.SubmitAsync(portal.DealDesk, portal.Deal("某公司")));
    }
}
