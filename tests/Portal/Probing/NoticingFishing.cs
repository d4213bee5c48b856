using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Deals;
using Portal.Probing;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Probing;

public sealed class NoticingFishing(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task The_quota_used_up_fast_is_told_once_a_partner_and_day()
    {
        var (admin, desk) = (await portal.Given.SomebodyOfTheBrand("brand_admin"), portal.DealDesk);
        var fisher = await portal.Given.ADistributor("急于打听贸易");
        await AskAsync(fisher, 100, minutesApart: 0);
        await AskAsync(await portal.Given.ADistributor("循规蹈矩商贸"), 3, minutesApart: 0);

        Assert.Equal(1, await RunAsync());
        await AskAsync(fisher, 5, minutesApart: 0);
        Assert.Equal(0, await RunAsync());

        foreach (var person in new[] { admin, desk })
        {
            Assert.Single((await portal.SignIn(person).GetAsync("/notifications")).All(".notification-open"), told => told == "急于打听贸易 may be fishing for the customer list: 100 screenings today");
        }

        var page = await portal.SignIn(desk).GetAsync("/probing");
        Assert.Contains("急于打听贸易", page.Words);
        Assert.Contains("Quota used up fast", page.Words);
        Assert.DoesNotContain("循规蹈矩商贸", page.Words);
        portal.Clock.Advance(TimeSpan.FromDays(1));
        await AskAsync(fisher, 100, minutesApart: 0);
        Assert.Equal(1, await RunAsync());
    }

    [Fact]
    public async Task Many_taken_companies_without_pursuit_and_one_draft_under_many_names_are_shown_with_what_was_asked()
    {
        portal.Clock.Advance(TimeSpan.FromDays(30));
        var fisher = await portal.Given.ADistributor("撒网捕鱼商贸");
        string[] places = ["绍兴", "湖州", "嘉兴", "台州", "衢州", "丽水", "舟山", "金华", "温州", "宁波"];
        for (var at = 0; at < 10; at++)
        {
            await portal.ApprovedAsync(portal.Huaxin, portal.Deal($"{places[at]}撒网{at}号渔具有限公司"));
            Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(fisher, portal.Deal($"{places[at]}撒网{at}号渔具有限公司")));
        }

        var draft = Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(fisher, portal.Deal("绍兴撒网0号渔具有限公司"))).Number;
        for (var at = 1; at < 6; at++)
        {
            var typed = portal.Deal($"{places[at]}撒网{at}号渔具有限公司");
            await portal.AsAsync<RegisterDeal, DealOutcome>(fisher, async register =>
            {
                await register.ChangeAsync(draft, null, typed, CancellationToken.None);
                return await register.SubmitAsync(draft, null, CancellationToken.None);
            });
        }

        await RunAsync();

        var alert = (await portal.Database.ListAsync<string>("select a.number from portal.probing_alert a join portal.partner p using (partner_id) where p.name = '撒网捕鱼商贸'")).Single();
        var desk = portal.SignIn(portal.DealDesk);
        var page = await desk.GetAsync($"/probing/{alert}");
        Assert.Contains("10 different companies were found taken by registrations that were not pursued.", page.Words);
        Assert.Contains("One registration was screened under 6 different names.", page.Words);
        Assert.Contains("宁波撒网9号渔具有限公司", page.Words);
        var empty = await desk.SubmitAsync(page, ("assessment", " "));
        Assert.Contains("Say what came of it", empty.Text("#assessment-problem"));
        var assessed = await desk.SubmitAsync(empty, ("assessment", "Spoken to their manager"));
        Assert.Contains("Spoken to their manager", assessed.Words);
        Assert.False(assessed.Has("form[action$=assessment]"));
    }

    [Fact]
    public async Task Night_is_by_the_brands_clock_and_the_numbers_are_the_brands()
    {
        portal.Clock.Now = new DateTimeOffset(portal.Clock.Today.AddDays(60).ToDateTime(new TimeOnly(23, 0)), TimeSpan.Zero);
        var owl = await portal.Given.ADistributor("夜猫子商贸");
        await AskAsync(owl, 4, minutesApart: 1);
        Assert.Equal(0, await RunAsync());
        var admin = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var wrong = await admin.SubmitAsync("/probing/rule", ("NightAsks", "0"), ("NightUntil", "22"));
        var kept = await admin.SubmitAsync(wrong, ("NightAsks", "4"), ("NightUntil", "6"));

        Assert.Equal("Enter a number from 1 to 10000.", wrong.Text("#NightAsks-problem").Replace(",", "", StringComparison.Ordinal));
        Assert.Equal("A night ends at another hour than it begins.", wrong.Text("#NightUntil-problem"));
        Assert.Equal("/probing", kept.Path);
        Assert.Equal(1, await RunAsync());
        Assert.Equal(["night"], (await portal.Database.ListAsync<string[]>("select patterns from portal.probing_alert a join portal.partner p using (partner_id) where p.name = '夜猫子商贸'")).Single());
        await portal.Database.ExecuteAsync("update portal.probing_rule set night_asks = 10");
    }

    [Fact]
    public async Task Partners_see_nothing_of_it_and_programs_of_the_brand_do()
    {
        portal.Clock.Advance(TimeSpan.FromDays(90));
        var fisher = await portal.Given.ADistributor("毫不知情商贸");
        await AskAsync(fisher, 120, minutesApart: 0);
        await RunAsync();
        var api = portal.Api(portal.DealDesk);

        var listed = (await api.GetAsync("/api/v1/probing-alerts?limit=100")).Json.GetProperty("items").EnumerateArray().Single(alert => alert.GetProperty("partner").GetString() == fisher.Partner.Number);
        var number = listed.GetProperty("number").GetString();

        Assert.Equal(60, listed.GetProperty("patterns").GetProperty("quota").GetInt32());
        Assert.Equal(120, (await api.GetAsync($"/api/v1/probing-alerts/{number}/asks")).Json.GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync($"/api/v1/probing-alerts/{number}/assessment", new { assessment = "An import gone wrong" }, 1)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.PutAsync($"/api/v1/probing-alerts/{number}/assessment", new { assessment = "Again" }, 1)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(fisher).GetAsync("/api/v1/probing-alerts")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(fisher).GetAsync("/probing")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PutAsync("/api/v1/probing-rule", new { quotaPercent = 1 }, 1)).Status);
        Assert.Empty((await portal.SignIn(fisher).GetAsync("/notifications")).All(".notification-open"));
        Assert.Equal(0L, await portal.AsAsync<Db, long>(fisher, db => db.OneAsync<long>("select count(*) from probing_alert", null, CancellationToken.None)));
    }

    // Screenings as they are kept, past the matcher: what counts here is when and how many.
    async Task AskAsync(TestPerson person, int times, int minutesApart)
    {
        var deal = await portal.AsAsync<RegisterDeal, DealOutcome>(person, register => register.EnterAsync(portal.Deal($"打听{person.PersonId.ToString(CultureInfo.InvariantCulture)}之客有限公司"), submit: false, CancellationToken.None));
        await portal.Database.ExecuteAsync("""
            insert into portal.deal_screening (deal_id, partner_id, screened_at, matcher, conflict, band, matched_fields, blocked, asked_name)
            select d.deal_id, d.partner_id, @now - make_interval(mins => @minutesApart * n), 'test', 'none', 'none', '{}', false, 'same'
            from portal.deal d cross join generate_series(0, @times - 1) as n where d.number = @Number
            """, new { Assert.IsType<DealOutcome.Done>(deal).Number, now = portal.Clock.Now.UtcDateTime, minutesApart, times });
    }

    Task<int> RunAsync() => portal.InScopeAsync(Caller.System("job:watch-probing"), services => ActivatorUtilities.CreateInstance<WatchProbing>(services).RunAsync(CancellationToken.None));
}
