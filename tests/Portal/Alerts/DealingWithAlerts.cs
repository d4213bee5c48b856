using System.Globalization;
using System.Net;
using System.Text.Json;
using Platform.Database;
using Portal.Webhooks;
using Support;

namespace Portal.Tests.Alerts;

/// <summary>What people make of alerts, and what those whom they do not concern can find out: nothing.</summary>
public sealed class DealingWithAlerts(WatchedChannel portal) : IClassFixture<WatchedChannel>
{
    [Fact]
    public async Task Whoever_puts_an_alert_off_says_why_and_until_when_and_it_comes_back_on_that_day()
    {
        var (number, _) = await AnAlertAsync("暂缓", partner: true);
        var manager = portal.SignIn(portal.Manager);
        var today = portal.Clock.Today;

        var page = await manager.GetAsync("/alerts/" + number);
        var wrong = await manager.PostAsync($"/alerts/{number}/handling", ("act", "snooze"), ("until", Day(today)), ("reason", " "), ("version", "0"), Token(page));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal("Choose a day after today, within 365 days.", wrong.Text("#until-problem"));
        Assert.Equal("Say why, in at most 500 characters.", wrong.Text("#reason-problem"));

        await manager.PostAsync($"/alerts/{number}/handling", ("act", "snooze"), ("until", Day(today.AddDays(5))), ("reason", "They are on holiday"), ("version", "0"), Token(page));
        Assert.Contains("They are on holiday", (await manager.GetAsync("/alerts/" + number)).Words, StringComparison.Ordinal);
        Assert.DoesNotContain(number, (await manager.GetAsync("/alerts?size=200")).Body, StringComparison.Ordinal);
        Assert.Contains(number, (await manager.GetAsync("/alerts?state=snoozed&size=200")).Body, StringComparison.Ordinal);

        portal.Clock.Advance(TimeSpan.FromDays(5));
        // The session of then is over.
        Assert.Contains(number, (await portal.SignIn(portal.Manager).GetAsync("/alerts?state=open&size=200")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_company_deals_with_it_by_itself_and_reads_nothing_of_what_the_other_said()
    {
        var (number, partner) = await AnAlertAsync("各自", partner: true);
        var (brand, own) = (portal.SignIn(portal.Manager), portal.SignIn(partner));

        await brand.PostAsync($"/alerts/{number}/handling", ("act", "close"), ("why", "They are about to leave us"), ("version", "0"), Token(await brand.GetAsync("/alerts/" + number)));

        Assert.DoesNotContain(number, (await brand.GetAsync("/alerts?size=200")).Body, StringComparison.Ordinal);
        var page = await own.GetAsync("/alerts/" + number);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("about to leave", page.Body, StringComparison.Ordinal);
        Assert.Contains(number, (await own.GetAsync("/alerts")).Body, StringComparison.Ordinal);

        // Closed it stays while the condition holds.
        await portal.LookAsync();
        Assert.DoesNotContain(number, (await brand.GetAsync("/alerts?size=200")).Body, StringComparison.Ordinal);
        Assert.Single(await portal.StandingAsync(partner.Partner));
    }

    [Fact]
    public async Task Of_two_who_take_it_at_once_one_is_told_that_the_other_was_faster()
    {
        var (number, _) = await AnAlertAsync("抢先", partner: true);
        var (first, second) = (portal.Api(portal.Manager), portal.Api(portal.Administrator));

        var answers = await Task.WhenAll(first.PutAsync($"/api/v1/alerts/{number}/handling", new { act = "take" }, 0), second.PutAsync($"/api/v1/alerts/{number}/handling", new { act = "take" }, 0));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], answers.Select(answer => answer.Status).Order());
        Assert.Equal("taken", (await first.GetAsync("/api/v1/alerts/" + number)).Json.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await first.PutAsync($"/api/v1/alerts/{number}/handling", new { act = "close", reason = "done" }, 7)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await first.PutAsync($"/api/v1/alerts/{number}/handling", new { act = "paint" }, 1)).Status);
    }

    [Fact]
    public async Task A_stranger_finds_no_alert_by_address_filter_file_or_program()
    {
        var (number, partner) = await AnAlertAsync("保密", partner: true);
        var stranger = await portal.Given.ADistributor("打听商贸");
        var (pages, api) = (portal.SignIn(stranger), portal.Api(stranger));

        foreach (var address in new[] { $"/alerts/{number}", $"/api/v1/alerts/{number}", $"/api/v1/alerts/{number}/rows" })
        {
            Assert.Equal((HttpStatusCode.NotFound, address), ((address.StartsWith("/api", StringComparison.Ordinal) ? (await api.GetAsync(address)).Status : (await pages.GetAsync(address)).Status), address));
        }

        foreach (var address in new[] { "/alerts", "/alerts?partner=" + partner.Partner.Number, "/alerts?q=" + number, "/alerts?mine=yes", "/alerts?state=ended", "/alerts/export?format=csv" })
        {
            Assert.DoesNotContain("保密商贸", (await pages.GetAsync(address)).Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(number, (await api.GetAsync("/api/v1/alerts?limit=200")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.PutAsync($"/api/v1/alerts/{number}/handling", new { act = "take" }, 0)).Status);
        foreach (var address in new[] { "/alerts/rules", "/alerts/rules/new", "/alerts/rules/export" })
        {
            Assert.Equal((HttpStatusCode.Forbidden, address), ((await pages.GetAsync(address)).Status, address));
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync("/api/v1/alert-rules")).Status);
    }

    [Fact]
    public async Task The_company_above_is_told_where_the_rule_says_so_and_no_further()
    {
        var distributor = await portal.Given.ADistributor("上级商贸");
        var reseller = await portal.Given.AReseller("下级商贸", distributor.Partner);
        var store = await portal.Given.AReseller("再下级商贸", reseller.Partner);
        await portal.InTerritoryAsync("T-ABOVE", reseller.Partner.PartnerId, store.Partner.PartnerId);
        await portal.OrderedAsync(reseller.Partner, 70);
        await portal.OrderedAsync(store.Partner, 70);
        await portal.ARuleAsync("no_order", 30, "T-ABOVE", upstream: true);
        await portal.LookAsync();
        var (ofReseller, ofStore) = (Assert.Single(await portal.StandingAsync(reseller.Partner)), Assert.Single(await portal.StandingAsync(store.Partner)));

        var seen = (await portal.SignIn(distributor).GetAsync("/alerts")).Body;
        Assert.Contains(ofReseller, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(ofStore, seen, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(reseller).GetAsync("/alerts/" + ofReseller)).Status);
        Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(reseller).GetAsync("/alerts/" + ofStore)).Status);
    }

    [Fact]
    public async Task The_database_lets_nobody_but_the_product_raise_or_end_one_and_no_partner_write_a_rule()
    {
        var (number, partner) = await AnAlertAsync("底线", partner: true);
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, partner.Subject));

        Assert.Equal(0, await db.ExecuteAsync("update alert set ended_at = now() where number = @number", new { number }, default));
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("""
            insert into alert (number, alert_rule_id, kind, partner_id, figure, threshold, ratio, facts, tells_partner, raised_at, seen_at)
            select 'AL-FORGED', alert_rule_id, kind, partner_id, 1, 1, 1, '{}', true, now(), now() from alert where number = @number
            """, new { number }, default))).SqlState);
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("""
            insert into alert_rule (number, name, kind, threshold, active_from, created_at, created_by, changed_at) values ('AR-FORGED', 'Mine', 'no_order', 30, now(), now(), 'me', now())
            """, null, default))).SqlState);
        Assert.Equal(0L, await db.OneAsync<long>("select count(*) from alert_rule", null, default));
        Assert.Equal(0L, await db.OneAsync<long>("select count(*) from alert where partner_id <> app_partner_id()", null, default));
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("""
            insert into alert_handling (alert_id, partner_id, state, changed_at) select alert_id, (select ancestor_id from partner_line where partner_id = app_partner_id() and distance = 1), 'taken', now() from alert where number = @number
            """, new { number }, default))).SqlState);
    }

    [Fact]
    public async Task Who_only_looks_deals_with_nothing()
    {
        var (number, partner) = await AnAlertAsync("旁观", partner: true);
        var viewer = await portal.Given.APerson(partner.Partner, "viewer");

        var page = await portal.SignIn(viewer).GetAsync("/alerts/" + number);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.False(page.Has("form[action$=handling]"));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(viewer).PutAsync($"/api/v1/alerts/{number}/handling", new { act = "take" }, 0)).Status);
    }

    [Fact]
    public async Task Programs_of_those_who_are_told_hear_of_it_and_others_do_not()
    {
        var partner = await portal.Given.ADistributor("推送商贸");
        var other = await portal.Given.ADistributor("未推送商贸");
        foreach (var person in new[] { partner, other })
        {
            var made = await portal.Api(person).PostAsync("/api/v1/webhook-endpoints", new { url = "http://127.0.0.1:9/x", scope = "own", secret = "whsec_" + Convert.ToBase64String(new byte[32]), eventTypes = new[] { "alert.raised", "alert.ended" } });
            Assert.True(made.Status is HttpStatusCode.Created, made.Text);
        }

        await portal.InTerritoryAsync("T-HOOK", partner.Partner.PartnerId);
        await portal.OrderedAsync(partner.Partner, 80);
        await portal.ARuleAsync("no_order", 30, "T-HOOK", partner: true);
        await portal.LookAsync();
        await portal.OrderedAsync(partner.Partner, 0);
        await portal.LookAsync();

        var told = await portal.Database.ListAsync<(long PartnerId, string Type, string Body)>("select partner_id, event_type, body from portal.webhook_event where event_type like 'alert.%' order by webhook_event_id");
        Assert.All(told, one => Assert.Equal(partner.Partner.PartnerId, one.PartnerId));
        Assert.Equal(["alert.raised", "alert.ended"], told.Select(one => one.Type));
        Assert.All(told, one => Assert.Equal([], Webhooks.HearingOfEvents.Differences(JsonDocument.Parse(one.Body).RootElement, JsonDocument.Parse(WebhookSchemas.Of(WebhookEvents.Find(one.Type)!).ToJsonString()).RootElement, one.Type)));
        Assert.Equal(("partner", 80), (JsonDocument.Parse(told[0].Body).RootElement.GetProperty("data").GetProperty("side").GetString(), JsonDocument.Parse(told[0].Body).RootElement.GetProperty("data").GetProperty("figure").GetInt32()));
    }

    [Fact]
    public async Task A_rule_is_refused_at_its_fields_tried_out_before_it_is_kept_and_kept_its_kind()
    {
        var partner = (await portal.Given.ADistributor("试算商贸")).Partner;
        await portal.InTerritoryAsync("T-TRY", partner.PartnerId);
        await portal.OrderedAsync(partner, 40);
        var admin = portal.SignIn(portal.Administrator);
        var form = await admin.GetAsync("/alerts/rules/new?kind=no_order");

        var wrong = await admin.PostAsync("/alerts/rules", ("Name", " "), ("Kind", "no_order"), ("Threshold", "0"), ("TellsBrand", "false"), ("ActiveFrom", "2026-05-02"), ("ActiveUntil", "2026-05-01"), ("Territories", "NOWHERE"), Token(form));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal("Give the rule a name of at most 120 characters.", wrong.Text("#Name-problem"));
        Assert.Equal("Enter a number from 1 to 730, with at most two decimals.", wrong.Text("#Threshold-problem"));
        Assert.Equal("Choose at least one who is told.", wrong.Text("#TellsBrand-problem"));
        Assert.Equal("The last day is a day, and not before the first.", wrong.Text("#ActiveUntil-problem"));

        var tried = await admin.PostAsync("/alerts/rules/preview", ("Kind", "no_order"), ("Threshold", "30"), ("Territories", "T-TRY"), Token(form));
        Assert.Contains("Would raise 1 alert today", tried.Words, StringComparison.Ordinal);
        Assert.Contains("试算商贸: no order for 40 days", tried.Words, StringComparison.Ordinal);
        Assert.Empty(await portal.StandingAsync(partner));

        Assert.Equal(HttpStatusCode.Redirect, (await admin.PostAsync("/alerts/rules", ("Name", "Silent in T-TRY"), ("Kind", "no_order"), ("Threshold", "30"), ("TellsBrand", "true"), ("ActiveFrom", Day(portal.Clock.Today)), ("Territories", "T-TRY"), Token(form))).Status);
        var rule = (await admin.GetAsync("/alerts/rules")).Document.QuerySelectorAll("tbody a").Single(link => link.TextContent == "Silent in T-TRY").GetAttribute("href")!.Split('/')[^1];
        var again = await admin.PostAsync("/alerts/rules", ("Name", "Silent in T-TRY"), ("Kind", "no_order"), ("Threshold", "30"), ("TellsBrand", "true"), ("ActiveFrom", Day(portal.Clock.Today)), Token(form));
        Assert.Equal("Another rule has this name.", again.Text("#Name-problem"));

        var api = portal.Api(portal.Administrator);
        object Changed(string kind) => new { name = "Silent in T-TRY", kind, threshold = 60, territories = new[] { "T-TRY" }, tellsBrand = true, activeFrom = Day(portal.Clock.Today) };
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PutAsync("/api/v1/alert-rules/" + rule, Changed("rhythm"), 1)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync("/api/v1/alert-rules/" + rule, Changed("no_order"), 1)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.PutAsync("/api/v1/alert-rules/" + rule, Changed("no_order"), 1)).Status);
        await portal.LookAsync();
        Assert.Empty(await portal.StandingAsync(partner));
    }

    [Fact]
    public async Task The_start_page_of_whoever_is_in_charge_says_what_is_the_matter_and_leads_there()
    {
        var (number, partner) = await AnAlertAsync("首页", partner: true);
        var (mine, others) = (await portal.Given.SomebodyOfTheBrand("channel_manager"), await portal.Given.SomebodyOfTheBrand("channel_manager"));
        await portal.LooksAfterAsync(mine, partner.Partner.PartnerId);

        Assert.NotNull((await portal.SignIn(mine).GetAsync("/")).Document.QuerySelector($".waiting[href='/alerts/{number}']"));
        Assert.Null((await portal.SignIn(others).GetAsync("/")).Document.QuerySelector($".waiting[href='/alerts/{number}']"));
        Assert.Contains("首页商贸: no order for 300 days", (await portal.SignIn(partner).GetAsync("/")).Text($".waiting[href='/alerts/{number}'] .waiting-text"), StringComparison.Ordinal);
    }

    async Task<(string Number, TestPerson Partner)> AnAlertAsync(string name, bool partner)
    {
        var person = await portal.Given.ADistributor(name + "商贸");
        var territory = "T-" + person.Partner.PartnerId.ToString(CultureInfo.InvariantCulture);
        await portal.InTerritoryAsync(territory, person.Partner.PartnerId);
        await portal.OrderedAsync(person.Partner, 300);
        await portal.ARuleAsync("no_order", 30, territory, partner);
        await portal.LookAsync();
        return (Assert.Single(await portal.StandingAsync(person.Partner)), person);
    }

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static (string Field, string Value) Token(Page page) => ("__RequestVerificationToken", page.Value("__RequestVerificationToken") ?? "");
}
