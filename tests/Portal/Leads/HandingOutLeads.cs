using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Platform.Jobs;
using Portal.Deals;
using Portal.Leads;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Leads;

public sealed class HandingOutLeads(LeadPartners portal) : IClassFixture<LeadPartners>
{
    [Fact]
    public async Task The_brand_offers_a_lead_and_the_partner_registers_it_under_the_same_rules()
    {
        var number = await portal.EnteredAsync("推送线索有限公司");
        var brand = portal.SignIn(portal.Channel);
        await brand.SubmitAsync($"/leads/{number}", ("partner", portal.Huaxin.Partner.Number), ("note", "They ask for a visit"));
        var partner = portal.SignIn(portal.Huaxin);
        Assert.Contains("Leads to answer", (await partner.GetAsync("/")).Words);

        var page = await partner.SubmitAsync($"/leads/{number}", ("Amount", "80000"), ("Currency", "CNY"), ("ExpectedClose", portal.Clock.Today.AddDays(40).ToString("yyyy-MM-dd")));

        Assert.StartsWith("/deals/D-", page.Path, StringComparison.Ordinal);
        var deal = (await portal.FindAsync(portal.Huaxin, page.Path["/deals/".Length..]))!;
        Assert.Equal(("submitted", "推送线索有限公司", 80_000m, "CN-EAST"), (deal.Status, deal.CustomerName, deal.Amount, deal.Territory));
        Assert.Equal(["DISPLAYS"], deal.ProductLines);
        var lead = (await portal.LeadAsync(portal.Channel, number))!;
        Assert.Equal(("accepted", deal.Number, portal.Huaxin.Partner.Number), (lead.Status, lead.DealNumber, lead.PartnerNumber));
        Assert.Contains(number, page.Words);
        Assert.Equal(["lead.entered", "lead.offered", "lead.accepted"], await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @number order by audit_entry_id", new { number }));
    }

    [Fact]
    public async Task A_lead_whose_company_another_partner_holds_becomes_a_draft_that_says_until_when()
    {
        var number = await portal.OfferedAsync("已被占有有限公司", portal.Huaxin);
        await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("已被占有有限公司", city: "杭州"));

        var done = Assert.IsType<LeadOutcome.Done>(await portal.AcceptAsync(portal.Huaxin, number));

        Assert.Equal("draft", await portal.StatusAsync(done.Deal!));
    }

    [Fact]
    public async Task Nobody_but_the_holder_and_the_brand_sees_a_lead()
    {
        var number = await portal.OfferedAsync("保密线索有限公司", portal.Huaxin);

        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Yuanjian).GetAsync($"/leads/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).GetAsync($"/api/v1/leads/{number}")).Status);
        Assert.IsType<LeadOutcome.Gone>(await portal.AcceptAsync(portal.Yuanjian, number));
        Assert.IsType<LeadOutcome.Gone>(await portal.AsAsync<AnswerLead, LeadOutcome>(portal.Yuanjian, answer => answer.DeclineAsync(number, "Not ours", CancellationToken.None)));
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Yuanjian.Subject));
        Assert.Equal(0, await db.ExecuteAsync("update lead set status = 'pool', partner_id = null, answer_by = null", null, CancellationToken.None));
        Assert.Empty(await db.ListAsync<string>("select number from held_lead(@number, now())", new { number }, CancellationToken.None));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.Huaxin).GetAsync("/leads/new")).Status);
    }

    [Fact]
    public async Task What_is_declined_goes_back_with_a_reason()
    {
        var number = await portal.OfferedAsync("拒绝线索有限公司", portal.Huaxin);

        Assert.IsType<LeadOutcome.Invalid>(await portal.AsAsync<AnswerLead, LeadOutcome>(portal.Huaxin, answer => answer.DeclineAsync(number, " ", CancellationToken.None)));
        Assert.IsType<LeadOutcome.Done>(await portal.AsAsync<AnswerLead, LeadOutcome>(portal.Huaxin, answer => answer.DeclineAsync(number, "Too far away", CancellationToken.None)));

        Assert.Equal("new", (await portal.LeadAsync(portal.Channel, number))!.Status);
        Assert.Null(await portal.LeadAsync(portal.Huaxin, number));
        Assert.Contains("Too far away", (await portal.SignIn(portal.Channel).GetAsync($"/leads/{number}")).Words);
    }

    [Fact]
    public async Task The_brand_takes_a_lead_back_with_a_reason_and_the_partner_has_it_no_more()
    {
        var number = await portal.OfferedAsync("收回线索有限公司", portal.Huaxin);

        Assert.IsType<LeadOutcome.Invalid>(await portal.AsAsync<HandOutLeads, LeadOutcome>(portal.Channel, hand => hand.PullBackAsync(number, null, null, CancellationToken.None)));
        Assert.IsType<LeadOutcome.Done>(await portal.AsAsync<HandOutLeads, LeadOutcome>(portal.Channel, hand => hand.PullBackAsync(number, null, "Wrong region", CancellationToken.None)));

        Assert.IsType<LeadOutcome.Gone>(await portal.AcceptAsync(portal.Huaxin, number));
        Assert.Contains("took the lead", await portal.LastMailAsync(portal.Huaxin));
    }

    [Fact]
    public async Task A_partner_is_warned_and_what_it_does_not_answer_in_time_goes_back_by_itself()
    {
        var number = await portal.OfferedAsync("逾期线索有限公司", portal.Huaxin);
        var answerBy = (await portal.LeadAsync(portal.Huaxin, number))!.AnswerBy!.Value;
        Assert.Equal(portal.Clock.Today.AddDays(15).ToDateTime(TimeOnly.MinValue), answerBy);

        portal.Clock.Advance(TimeSpan.FromDays(12));
        await portal.RunAsync();
        Assert.Contains("waits for your answer until", await portal.LastMailAsync(portal.Huaxin));
        await portal.RunAsync();
        Assert.Equal(1, await portal.MailsAsync("waits for your answer", number));

        portal.Clock.Now = new DateTimeOffset(answerBy.AddSeconds(-1), TimeSpan.Zero);
        await portal.RunAsync();
        Assert.Equal("offered", (await portal.LeadAsync(portal.Channel, number))!.Status);
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<LeadOutcome.Gone>(await portal.AcceptAsync(portal.Huaxin, number));
        await portal.RunAsync();

        Assert.Equal("new", (await portal.LeadAsync(portal.Channel, number))!.Status);
        Assert.Equal(1, await portal.MailsAsync("went back to the brand", number));
        Assert.Contains("lead.returned", await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_number = @number", new { number }));
    }

    [Fact]
    public async Task A_lead_whose_registration_is_refused_stays_as_it_is()
    {
        var number = await portal.OfferedAsync("仍待答复有限公司", portal.Huaxin);

        var refused = Assert.IsType<LeadOutcome.NotRegistered>(await portal.AsAsync<AnswerLead, LeadOutcome>(portal.Huaxin, answer => answer.AcceptAsync(number, -1, "CNY", portal.Clock.Today.AddDays(9), CancellationToken.None)));

        Assert.Equal("amount", Assert.IsType<DealOutcome.Invalid>(refused.Why).Problems[0].Field);
        Assert.Equal("offered", (await portal.LeadAsync(portal.Huaxin, number))!.Status);
    }

    [Fact]
    public async Task A_lead_is_checked_field_by_field()
    {
        var page = await portal.SignIn(portal.Channel).SubmitAsync("/leads/new", ("Company", "字段检查有限公司"), ("CountryCode", "CN"), ("CreditCode", "123"), ("ContactEmail", "nobody"), ("Teaser", "字段检查有限公司 wants desks"), ("Amount", "-5"));

        Assert.Contains("This is no e-mail address", page.Words);
        Assert.Contains("The company's name stands in it", page.Words);
        Assert.Equal("字段检查有限公司", page.Value("Company"));
        Assert.Equal("123", page.Value("CreditCode"));
    }

    [Fact]
    public async Task Only_the_administrator_sets_the_time_to_answer()
    {
        var admin = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        Assert.Contains("fewer days before", (await admin.SubmitAsync("/leads/settings", ("answerDays", "5"), ("warnDays", "6"))).Words);
        await admin.SubmitAsync("/leads/settings", ("answerDays", "7"), ("warnDays", "2"));
        var number = await portal.OfferedAsync("期限七日有限公司", portal.Huaxin);

        Assert.Equal(portal.Clock.Today.AddDays(8).ToDateTime(TimeOnly.MinValue), (await portal.LeadAsync(portal.Huaxin, number))!.AnswerBy);
        await admin.SubmitAsync("/leads/settings", ("answerDays", "14"), ("warnDays", "3"));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.Channel).GetAsync("/leads/settings")).Status);
    }
}

public sealed class TakingFromThePool(LeadPartners portal) : IClassFixture<LeadPartners>
{
    [Fact]
    public async Task Partners_of_the_territory_and_level_see_enough_and_not_who_it_is()
    {
        var number = await portal.InPoolAsync("匿名线索有限公司", "silver");

        var pool = (await portal.Api(portal.Huaxin).GetAsync("/api/v1/leads/pool")).Text;
        var page = await portal.SignIn(portal.Huaxin).GetAsync("/leads/pool");

        Assert.Contains(number, pool);
        Assert.Contains("Twelve rooms", page.Words);
        foreach (var secret in new[] { "匿名线索", "王经理", "86571", "niming.example" })
        {
            Assert.DoesNotContain(secret, pool);
            Assert.DoesNotContain(secret, page.Body);
        }

        Assert.Contains("\"amountFrom\":50000", pool.Replace(".0", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(number, (await portal.Api(portal.Yuanjian).GetAsync("/api/v1/leads/pool")).Text);
        Assert.DoesNotContain(number, (await portal.Api(portal.North).GetAsync("/api/v1/leads/pool")).Text);
        Assert.IsType<LeadOutcome.Gone>(await portal.AcceptAsync(portal.Yuanjian, number));
        Assert.IsType<LeadOutcome.Gone>(await portal.AcceptAsync(portal.North, number));
    }

    [Fact]
    public async Task The_first_who_takes_a_lead_has_it()
    {
        var number = await portal.InPoolAsync("先到先得有限公司", "registered");
        TestPerson[] rivals = [portal.Huaxin, portal.Yuanjian];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(turn => Task.Run(() => portal.AcceptAsync(rivals[turn % 2], number))));

        var won = Assert.Single(outcomes.OfType<LeadOutcome.Done>());
        Assert.All(outcomes.Where(outcome => outcome != won), outcome => Assert.IsType<LeadOutcome.Gone>(outcome));
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.deal d join portal.end_customer c using (end_customer_id) where c.name = '先到先得有限公司'"));
        Assert.Equal(("accepted", won.Deal), ((await portal.LeadAsync(portal.Channel, number))!.Status, (await portal.LeadAsync(portal.Channel, number))!.DealNumber));
    }

    [Fact]
    public async Task The_loser_is_told_on_the_page_that_somebody_was_faster()
    {
        var number = await portal.InPoolAsync("页面抢单有限公司", "registered");
        var slow = portal.SignIn(portal.Yuanjian);
        var form = await slow.GetAsync($"/leads/pool/{number}");
        Assert.IsType<LeadOutcome.Done>(await portal.AcceptAsync(portal.Huaxin, number));

        var page = await slow.SubmitAsync(form, ("Amount", "70000"));

        Assert.Contains("somebody was faster", page.Words);
        Assert.Equal(HttpStatusCode.NotFound, (await slow.GetAsync($"/leads/pool/{number}")).Status);
    }

    [Fact]
    public async Task A_lead_that_nobody_could_take_does_not_go_into_the_pool()
    {
        var number = await portal.EnteredAsync("无人可领有限公司", "CN-NORTH");

        Assert.Equal("leads.refused.nobody", Assert.IsType<LeadOutcome.Refused>(await portal.AsAsync<HandOutLeads, LeadOutcome>(portal.Channel, hand => hand.OpenAsync(number, null, "platinum", CancellationToken.None))).TextKey);
    }

    [Fact]
    public async Task A_program_of_the_brand_enters_and_offers_and_one_of_the_partner_accepts()
    {
        var brand = portal.Api(portal.Channel);
        var body = new { company = "接口线索有限公司", countryCode = "CN", territory = "CN-EAST", productLines = new[] { "DISPLAYS" }, amount = 60_000, currency = "CNY" };

        var created = await brand.PostAsync("/api/v1/leads", body, "lead-1");
        var again = await brand.PostAsync("/api/v1/leads", body, "lead-1");
        Assert.Equal((HttpStatusCode.Created, created.Text), (created.Status, again.Text));
        var number = created.Json.GetProperty("number").GetString()!;
        var offered = await brand.SendAsync(HttpMethod.Post, $"/api/v1/leads/{number}/offer", new { partner = portal.Huaxin.Partner.Number }, ("If-Match", "\"1\""));
        Assert.Equal("offered", offered.Json.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await brand.SendAsync(HttpMethod.Post, $"/api/v1/leads/{number}/pull-back", new { reason = "x" }, ("If-Match", "\"1\""))).Status);

        var accepted = await portal.Api(portal.Huaxin).PostAsync($"/api/v1/leads/{number}/acceptance", new { expectedClose = portal.Clock.Today.AddDays(30) });

        Assert.Equal(HttpStatusCode.OK, accepted.Status);
        Assert.StartsWith("D-", accepted.Json.GetProperty("deal").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).PostAsync($"/api/v1/leads/{number}/acceptance", new { expectedClose = portal.Clock.Today.AddDays(30) })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).PostAsync("/api/v1/leads", body)).Status);
    }
}

/// <summary>Two partners of one territory and different levels, one of another territory, and a channel manager who hands leads out.</summary>
public sealed class LeadPartners : ClaimingPartners
{
    public TestPerson Channel { get; private set; } = null!;

    public TestPerson North { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Channel = await Given.SomebodyOfTheBrand("channel_manager");
        North = await Given.ADistributor("北方伙伴");
        await Database.ExecuteAsync("""
            update portal.partner set territory_id = (select territory_id from portal.territory where code = 'CN-EAST'), partner_level = case partner_id when @gold then 'gold' else 'registered' end where partner_id = any(@east);
            update portal.partner set territory_id = (select territory_id from portal.territory where code = 'CN-NORTH'), partner_level = 'gold' where partner_id = @north;
            update portal.person set email = 'p' || person_id || '@mail.test', language = 'en';
            """, new { gold = Huaxin.Partner.PartnerId, east = new[] { Huaxin.Partner.PartnerId, Yuanjian.Partner.PartnerId }, north = North.Partner.PartnerId });
    }

    public async Task<string> EnteredAsync(string company, string territory = "CN-EAST") => Assert.IsType<LeadOutcome.Done>(await AsAsync<HandOutLeads, LeadOutcome>(Channel, hand => hand.EnterAsync(new()
    {
        Company = company, CountryCode = "CN", City = "杭州", Territory = territory, ProductLines = ["DISPLAYS"], Amount = 60_000, Currency = "CNY", ContactName = "王经理", Phone = "0571 8855 0101",
        Domain = company == "匿名线索有限公司" ? "niming.example" : null, Teaser = "Twelve rooms in the west of the city",
    }, CancellationToken.None))).Number;

    public async Task<string> OfferedAsync(string company, TestPerson to)
    {
        var number = await EnteredAsync(company);
        Assert.IsType<LeadOutcome.Done>(await AsAsync<HandOutLeads, LeadOutcome>(Channel, hand => hand.OfferAsync(number, null, to.Partner.Number, null, CancellationToken.None)));
        return number;
    }

    public async Task<string> InPoolAsync(string company, string level)
    {
        var number = await EnteredAsync(company);
        Assert.IsType<LeadOutcome.Done>(await AsAsync<HandOutLeads, LeadOutcome>(Channel, hand => hand.OpenAsync(number, null, level, CancellationToken.None)));
        return number;
    }

    public Task<LeadOutcome> AcceptAsync(TestPerson person, string number) =>
        AsAsync<AnswerLead, LeadOutcome>(person, answer => answer.AcceptAsync(number, 50_000, "CNY", Clock.Today.AddDays(30), CancellationToken.None));

    public Task<Lead?> LeadAsync(TestPerson person, string number) => AsAsync<LeadStore, Lead?>(person, leads => leads.FindAsync(number, CancellationToken.None));

    public Task RunAsync() => Services.GetRequiredService<JobRunner>().RunAsync("return-leads", CancellationToken.None);

    public async Task<string> LastMailAsync(TestPerson person) => (await Database.ListAsync<string>("""
        select payload::text from portal.outbox_message where payload::text like '%p' || @PersonId || '@mail.test%' order by outbox_message_id desc limit 1
        """, new { person.PersonId })).Single();

    public async Task<int> MailsAsync(string words, string number) => (await Database.ListAsync<int>("""
        select count(*)::integer from portal.outbox_message where payload::text like '%' || @words || '%' and payload ->> 'subject' like '%' || @number || '%'
        """, new { words, number })).Single();
}
