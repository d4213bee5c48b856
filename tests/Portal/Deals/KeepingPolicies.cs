using System.Net;
using Npgsql;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class KeepingPolicies(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_policy_is_drafted_on_the_page_compared_published_and_then_stays()
    {
        var brand = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var draft = await brand.SubmitAsync("/deals/policies/new", ("PartnerLevel", "silver"), ("ProtectionDays", "100"), ("StaleDays", "45"), ("Note", "Silver partners need longer"));
        Assert.Equal("The draft is saved.", draft.Text("main .flash-done"));
        Assert.Equal("Silver", draft.Text("h1"));
        var published = await brand.PressAsync(draft, "form[action$='/publication']");

        Assert.Equal("The policy is published.", published.Text("main .flash-done"));
        Assert.Contains("Published, to come", published.Text("main"));
        var refused = await brand.GetAsync(published.Path + "/edit");
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
        Assert.Contains("Silver", (await brand.GetAsync("/deals/policies")).Text("tbody"));
        var stays = await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("update portal.protection_policy set protection_days = 1 where partner_level = 'silver'"));
        Assert.Equal("a_published_policy_stays", stays.ConstraintName);
    }

    [Fact]
    public async Task A_new_version_shows_what_differs_and_takes_the_place_of_the_old_one_on_its_day()
    {
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var api = portal.Api(brand);
        var first = await PublishedAsync(api, new { effectiveFrom = portal.Clock.Today, partnerLevel = "platinum", protectionDays = 120 });
        var second = await PublishedAsync(api, new { effectiveFrom = portal.Clock.Today.AddDays(2), partnerLevel = "platinum", protectionDays = 150 });

        var page = await portal.SignIn(brand).GetAsync($"/deals/policies/{second}");
        Assert.Equal(["Days of protection 120 150"], page.All("tr.differs"));
        Assert.Equal(("in_force", "coming"), (await StateAsync(api, first), await StateAsync(api, second)));
        portal.Clock.Advance(TimeSpan.FromDays(3));
        api = portal.Api(brand);
        Assert.Equal(("superseded", "in_force"), (await StateAsync(api, first), await StateAsync(api, second)));
        Assert.Equal((HttpStatusCode.Conflict, "deal-same-day"), await RefusedAsync(api, new { effectiveFrom = portal.Clock.Today.AddDays(9), partnerLevel = "platinum", protectionDays = 1 }, twice: true));
    }

    [Fact]
    public async Task The_most_specific_case_holds_by_level_line_and_amount_until_it_lapses()
    {
        var api = portal.Api(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        await portal.Database.ExecuteAsync("insert into portal.exchange_rate (currency, valid_from, rate, entered_at) values ('CNY', '2020-01-01', 0.10, now())");
        var partner = await portal.Given.APerson(await portal.Given.APartner("金牌伙伴", "distributor", level: "gold"), "sales");
        await PublishedAsync(api, new { effectiveFrom = portal.Clock.Today, partnerLevel = "gold", protectionDays = 60 });
        await PublishedAsync(api, new { effectiveFrom = portal.Clock.Today, partnerLevel = "gold", productLine = "DESKS", protectionDays = 70 });
        await PublishedAsync(api, new { effectiveFrom = portal.Clock.Today, partnerLevel = "gold", productLine = "DESKS", amountFrom = 10_000, protectionDays = 80 });
        await PublishedAsync(api, new { effectiveFrom = portal.Clock.Today.AddDays(20), partnerLevel = "gold", productLine = "DESKS", amountFrom = 10_000, lapses = true });

        Assert.Equal(60, await DaysAsync(partner, portal.Deal("金牌大屏有限公司")));
        Assert.Equal(70, await DaysAsync(partner, portal.Deal("金牌小单有限公司", lines: ["DESKS"]) with { Amount = 99_999 }));
        Assert.Equal(80, await DaysAsync(partner, portal.Deal("金牌大单有限公司", lines: ["DESKS"]) with { Amount = 100_000 }));
        Assert.Equal(70, await DaysAsync(partner, portal.Deal("无汇率单有限公司", lines: ["DESKS"]) with { Amount = 100_000, Currency = "PLN" }));
        portal.Clock.Advance(TimeSpan.FromDays(21));
        Assert.Equal(70, await DaysAsync(partner, portal.Deal("已终止规则有限公司", lines: ["DESKS"]) with { Amount = 100_000, ExpectedClose = portal.Clock.Today.AddDays(30) }));
    }

    [Fact]
    public async Task Wrong_numbers_are_named_field_by_field_and_what_was_typed_is_kept()
    {
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");

        var page = await portal.SignIn(brand).SubmitAsync("/deals/policies/new", ("ProtectionDays", "0"), ("ProductLine", "DESKS"), ("Capacity", "5"), ("Note", "Half done"));
        Assert.Equal(["Enter 1 to 1095.", "Only a policy for a whole level, without product line and amount, sets a capacity."], page.All(".field-problem"));
        Assert.Equal("Half done", page.Value("Note"));

        var answer = await portal.Api(brand).PostAsync("/api/v1/protection-policies", new { effectiveFrom = "2020-01-01", partnerLevel = "diamond", productLine = "NONE", lapses = false, capacityRates = new[] { 0.5, 0.2 }, capacityFactors = new[] { 1, 2 } });
        Assert.Equal(["effectiveFrom", "partnerLevel", "productLine", "capacityRates"], answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Only_administrators_keep_policies_the_desk_reads_partners_see_none()
    {
        var draft = await portal.Api(await portal.Given.SomebodyOfTheBrand("brand_admin")).PostAsync("/api/v1/protection-policies", new { effectiveFrom = portal.Clock.Today.AddDays(1), productLine = "PLANS" });
        var number = draft.Json.GetProperty("number").GetString();

        Assert.Equal(HttpStatusCode.OK, (await portal.Api(portal.DealDesk).GetAsync($"/api/v1/protection-policies/{number}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.DealDesk).PostAsync("/api/v1/protection-policies", new { effectiveFrom = portal.Clock.Today })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.DealDesk).GetAsync("/deals/policies/new")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/protection-policies/{number}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.Huaxin).GetAsync("/deals/policies")).Status);
        await using var db = portal.Database.As(Platform.Database.Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));
        Assert.Equal(0, await db.OneAsync<long>("select count(*) from protection_policy where status = 'draft'", null, CancellationToken.None));
    }

    static async Task<string> PublishedAsync(ApiClient api, object body)
    {
        var number = (await api.PostAsync("/api/v1/protection-policies", body)).Json.GetProperty("number").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Post, $"/api/v1/protection-policies/{number}/publication", null, ("If-Match", "\"1\""))).Status);
        return number;
    }

    static async Task<(HttpStatusCode, string?)> RefusedAsync(ApiClient api, object body, bool twice)
    {
        if (twice)
        {
            await PublishedAsync(api, body);
        }

        var number = (await api.PostAsync("/api/v1/protection-policies", body)).Json.GetProperty("number").GetString()!;
        var answer = await api.SendAsync(HttpMethod.Post, $"/api/v1/protection-policies/{number}/publication", null, ("If-Match", "\"1\""));
        return (answer.Status, answer.Problem);
    }

    static async Task<string?> StateAsync(ApiClient api, string number) => (await api.GetAsync($"/api/v1/protection-policies/{number}")).Json.GetProperty("state").GetString();

    async Task<int> DaysAsync(TestPerson partner, DealTyped deal)
    {
        var number = await portal.ApprovedAsync(partner, deal);
        return (await portal.FindAsync(partner, number))!.LastProtectedDay!.Value.DayNumber - portal.Clock.Today.DayNumber;
    }
}
