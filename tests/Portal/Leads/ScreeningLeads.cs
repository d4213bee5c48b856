using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Jobs;
using Portal.Customers;
using Portal.Imports;
using Portal.Leads;
using Portal.Tests.Imports;
using Support;

namespace Portal.Tests.Leads;

/// <summary>Leads are held against the known companies before they are handed out, one by one or from a file.</summary>
public sealed class ScreeningLeads(LeadPartners portal) : IClassFixture<LeadPartners>
{
    const string Head = "公司名称,国家,城市,产品线,区域,金额,币种,线索来源,分配给,线索池\n";

    ImportDesk Desk => new(portal, portal.Channel);

    Task<LeadOutcome> OfferAsync(string number, TestPerson to, string? despite = null) =>
        portal.AsAsync<HandOutLeads, LeadOutcome>(portal.Channel, hand => hand.OfferAsync(number, null, to.Partner.Number, null, CancellationToken.None, despite));

    Task<LeadOutcome> OpenAsync(string number, string? despite = null) =>
        portal.AsAsync<HandOutLeads, LeadOutcome>(portal.Channel, hand => hand.OpenAsync(number, null, "registered", CancellationToken.None, despite));

    async Task<List<string>> PoolAsync(TestPerson person) => [.. (await portal.AsAsync<LeadStore, List<PoolLead>>(person, leads => leads.PoolAsync(CancellationToken.None))).Select(lead => lead.Number)];

    [Fact]
    public async Task The_brand_sees_who_holds_the_company_before_it_offers_it_and_may_not_offer_what_could_only_be_turned_away()
    {
        var held = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("长江航运设备有限公司", city: "杭州"));
        var number = await portal.EnteredAsync("长江航运设备有限公司");
        var screenings = await ScreeningsAsync();

        var page = await portal.SignIn(portal.Channel).GetAsync($"/leads/{number}");

        Assert.Contains("杭州远见 holds this company for this product line and territory until", page.Words);
        Assert.Contains("Line and territory of the lead", page.Words);
        Assert.Equal("leads.refused.taken", Assert.IsType<LeadOutcome.Refused>(await OfferAsync(number, portal.Huaxin, "Anyway")).TextKey);
        Assert.Equal("leads.refused.taken", Assert.IsType<LeadOutcome.Refused>(await OfferAsync(number, portal.Yuanjian)).TextKey);
        Assert.Equal("leads.refused.taken", Assert.IsType<LeadOutcome.Refused>(await OpenAsync(number)).TextKey);
        var api = await portal.Api(portal.Channel).GetAsync($"/api/v1/leads/{number}/screening");
        Assert.Equal(("taken", held, "certain"), (api.Json.GetProperty("handout").GetString(), api.Json.GetProperty("claims")[0].GetProperty("deal").GetString(), api.Json.GetProperty("candidates")[0].GetProperty("band").GetString()));
        var refused = await portal.Api(portal.Channel).SendAsync(HttpMethod.Post, $"/api/v1/leads/{number}/offer", new { partner = portal.Huaxin.Partner.Number }, ("If-Match", "\"1\""));
        Assert.Equal((HttpStatusCode.Conflict, true), (refused.Status, refused.Text.Contains(held, StringComparison.Ordinal)));
        Assert.Equal(screenings, await ScreeningsAsync());
    }

    async Task<long> ScreeningsAsync() => (await portal.Database.ListAsync<long>("select count(*) from portal.deal_screening")).Single();

    [Fact]
    public async Task Another_territory_stands_in_nobodys_way_and_is_told()
    {
        await portal.ApprovedAsync(portal.North, portal.Deal("松花江粮油集团", city: "杭州", territory: "CN-NORTH"));
        var number = await portal.EnteredAsync("松花江粮油集团");

        Assert.Contains("Another line or territory", (await portal.SignIn(portal.Channel).GetAsync($"/leads/{number}")).Words);
        Assert.IsType<LeadOutcome.Done>(await OfferAsync(number, portal.Huaxin));
        var partner = await portal.SignIn(portal.Huaxin).GetAsync($"/leads/{number}");
        Assert.DoesNotContain("Where it stands", partner.Words);
        Assert.DoesNotContain("北方伙伴", partner.Body);
    }

    [Fact]
    public async Task What_a_partner_probably_holds_is_handed_out_with_a_reason_that_stays_with_the_brand()
    {
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("绍兴越城纺织有限公司"));
        var number = await portal.EnteredAsync("越城纺织");
        var band = (await portal.Api(portal.Channel).GetAsync($"/api/v1/leads/{number}/screening")).Json.GetProperty("handout").GetString();
        Assert.Equal("doubtful", band);

        Assert.Equal("despite", Assert.IsType<LeadOutcome.Invalid>(await OfferAsync(number, portal.Huaxin)).Problems[0].Field);
        Assert.IsType<LeadOutcome.Done>(await OfferAsync(number, portal.Huaxin, "Two different sites"));

        Assert.Contains("Two different sites", (await portal.SignIn(portal.Channel).GetAsync($"/leads/{number}")).Words);
        Assert.DoesNotContain("Two different sites", (await portal.SignIn(portal.Huaxin).GetAsync($"/leads/{number}")).Body);
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.audit_entry where subject_number = @number and action = 'lead.handed_out_despite' and partner_ids <> '{}'", new { number }));
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));
        Assert.Equal(0, await db.OneAsync<long>("select (select count(*) from lead_screening) + (select count(*) from lead_candidate)", null, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_claimed_while_it_lies_in_the_pool_is_shown_and_given_to_nobody()
    {
        var number = await portal.InPoolAsync("昆仑玉石雕刻有限公司", "registered");
        Assert.Contains(number, await PoolAsync(portal.Huaxin));
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("昆仑玉石雕刻有限公司", city: "杭州"));
        portal.Clock.Advance(TimeSpan.FromMinutes(20));

        await portal.Services.GetRequiredService<JobRunner>().RunAsync("screen-pool", CancellationToken.None);

        Assert.DoesNotContain(number, await PoolAsync(portal.Huaxin));
        Assert.IsType<LeadOutcome.Gone>(await portal.AcceptAsync(portal.Huaxin, number));
        Assert.Contains("holds this company", (await portal.SignIn(portal.Channel).GetAsync($"/leads/{number}")).Words);
    }

    [Fact]
    public async Task The_brands_own_customers_are_offered_to_nobody()
    {
        var admin = await portal.Given.SomebodyOfTheBrand("brand_admin", "deal_desk");
        await portal.AsAsync<AddCustomers, IReadOnlyList<CustomerEntry>>(admin, add => add.AddCustomersAsync([new() { Name = "直营核电集团有限公司", CountryCode = "CN", City = "杭州", DirectAccount = true }], CancellationToken.None));

        Assert.Equal("leads.refused.direct", Assert.IsType<LeadOutcome.Refused>(await OfferAsync(await portal.EnteredAsync("直营核电集团有限公司"), portal.Huaxin)).TextKey);
    }

    [Fact]
    public async Task Leads_come_from_a_file_are_screened_and_go_where_the_row_says()
    {
        var held = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("文件已占钢铁厂", city: "杭州"));
        var csv = Head
            + $"文件甲茶叶公司,CN,杭州,会议大屏,华东,50000,CNY,展会,{portal.Huaxin.Partner.Number},\n"
            + $"文件乙丝绸公司,CN,杭州,DISPLAYS;DESKS,CN-EAST,,,官网,{portal.Huaxin.Partner.Number},\n"
            + "文件丙陶瓷公司,CN,杭州,DISPLAYS,CN-EAST,30000,CNY,,,silver\n"
            + "文件丁造纸公司,CN,杭州,DISPLAYS,CN-EAST,,,,,\n"
            + $"文件已占钢铁厂,CN,杭州,DISPLAYS,CN-EAST,,,,{portal.Huaxin.Partner.Number},\n"
            + "文件丁造纸公司,CN,杭州,DISPLAYS,CN-EAST,,,,,\n"
            + "文件戊,XX1,杭州,NOTHING,CN-EAST,-3,ABC,,P-NONE,yes\n";

        var import = await Desk.ImportAsync("leads", csv, leaveOutWrong: true, fileName: "展会.csv");

        Assert.Equal(("done", 7L, 5L, 2L), (import.Status, import.RowsRead, import.RowsTaken, import.RowsRefused));
        Assert.Equal(["entered 5", "offered 2", "pooled 1", "not_handed_out 1"], import.Figures.Select(figure => $"{figure.Key} {figure.Value}"));
        var refusals = await Desk.RefusalsAsync(import);
        Assert.Contains("7 公司名称: The same company with the same territory stands in row 5 already.", refusals);
        Assert.Equal(6, refusals.Count(refusal => refusal.StartsWith("8 ", StringComparison.Ordinal)));
        var page = await portal.SignIn(portal.Channel).GetAsync($"/imports/{import.Number}/rows");
        Assert.Contains($"(deal {held})", page.Words);
        var statuses = await portal.Database.ListAsync<string>("select company || ' ' || status from portal.lead where company like '文件%' order by lead_id");
        Assert.Equal(["文件甲茶叶公司 offered", "文件乙丝绸公司 offered", "文件丙陶瓷公司 pool", "文件丁造纸公司 new", "文件已占钢铁厂 new"], statuses.OrderBy(line => "甲乙丙丁已".IndexOf(line[2], StringComparison.Ordinal)));
        Assert.Contains("2 leads are offered to you", await portal.LastMailAsync(portal.Huaxin));
        Assert.Equal([portal.Channel.PersonId], await portal.Database.ListAsync<long>("select distinct created_by from portal.lead where company like '文件%'"));

        var again = await Desk.ImportAsync("leads", csv, leaveOutWrong: true);
        Assert.Equal("refused", again.Status);
        Assert.Contains(await Desk.RefusalsAsync(again), refusal => refusal.Contains("is about this company in this territory already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leads_that_are_exported_are_taken_back()
    {
        await Desk.ImportAsync("leads", "company,country,city,website,product_lines,territory,amount,currency,contact,email,need,teaser,source\n往返线索有限公司,CN,杭州,wangfan-lead.example,DESKS;DISPLAYS,CN-EAST,800.5,CNY,王,w@wangfan-lead.example,\"两行\n需求\",Twelve desks,Fair\n");
        var visitor = portal.SignIn(portal.Channel);
        var exported = (await visitor.GetAsync("/imports/exports/leads.csv")).Body;
        var row = exported.Split("\r\n").SkipWhile(line => !line.StartsWith("往返线索", StringComparison.Ordinal)).TakeWhile(line => line.Length > 0).ToList();
        await portal.AsAsync<HandOutLeads, LeadOutcome>(portal.Channel, async hand => await hand.DiscardAsync((await portal.Database.ListAsync<string>("select number from portal.lead where company = '往返线索有限公司'")).Single(), null, "Once more", CancellationToken.None));

        var back = await Desk.ImportAsync("leads", exported.Split("\r\n")[0] + "\r\n" + string.Join("\r\n", row.Take(1)) + "\r\n");

        Assert.Equal("done", back.Status);
        Assert.Equal(["800.50 两行\n需求 Twelve desks Fair", "800.50 两行\n需求 Twelve desks Fair"], await portal.Database.ListAsync<string>("select amount || ' ' || need || ' ' || teaser || ' ' || source from portal.lead where company = '往返线索有限公司'"));
    }

    [Fact]
    public async Task Only_those_who_hand_out_leads_import_and_screen_them()
    {
        var number = await portal.EnteredAsync("权限线索有限公司");
        var csv = Encoding.UTF8.GetBytes(Head + "权限,CN,杭州,DISPLAYS,CN-EAST,,,,,\n");

        Assert.StartsWith("You may not import", await new ImportDesk(portal, portal.Huaxin).RefusalAsync("leads", "a.csv", csv), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(portal.DealDesk).GetAsync("/imports/new?kind=leads")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/leads/{number}/screening")).Status);
        Assert.Equal(HttpStatusCode.OK, (await portal.Api(portal.DealDesk).PostAsync($"/api/v1/leads/{number}/screening", new { }, "screen-1")).Status);
        var visitor = portal.SignIn(portal.Channel);
        Assert.Contains("was screened again", (await visitor.PressAsync(await visitor.GetAsync($"/leads/{number}"), "form[action$='/screening'] button")).Words);
    }
}
