using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Platform.Database;
using Portal.Orders;
using Portal.Webhooks;
using Support;

namespace Portal.Tests.Webhooks;

/// <summary>Receivers that fail, are slow, send elsewhere, are gone or are no strangers; secrets that change; what was missed.</summary>
public sealed class DeliveringDespiteTrouble(HearingOfEvents.Listening books) : IClassFixture<HearingOfEvents.Listening>
{
    static readonly string[] Orders = ["order.submitted", "order.cancelled"];

    async Task<string> LastAsync(string endpoint, string what) =>
        (await books.Database.ListAsync<string>($"select coalesce({what}, '') from portal.webhook_delivery d join portal.webhook_endpoint e using (webhook_endpoint_id) where e.number = @endpoint order by webhook_delivery_id desc limit 1", new { endpoint })).Single();

    // The portal is shared by the tests of this class; each counts what came to its own receiver.
    async Task<int> DeliverAsync(WebhookReceiver receiver)
    {
        var before = receiver.Got.Count;
        await books.DeliverAsync();
        return receiver.Got.Count - before;
    }

    async Task CancelAsync(TestPerson buyer, string order) => Assert.IsType<OrderOutcome.Done>(await books.AsAsync<CancelOrder, OrderOutcome>(buyer, cancel => cancel.RunAsync(order, null, "no longer", default)));

    [Fact]
    public async Task What_fails_is_tried_again_with_growing_pauses_in_the_order_of_its_record_until_it_arrives()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var buyer = await books.Given.ADistributor("Fails at first");
        var (endpoint, secret) = await books.AnEndpointAsync(buyer, receiver.Url + "/erp", types: Orders);
        receiver.Answer = http => { http.Response.StatusCode = 500; return http.Response.WriteAsync("the ERP is <down>"); };
        var order = await books.SubmittedAsync(buyer, ("A-10", 1));
        await CancelAsync(buyer, order);

        Assert.Equal(1, await DeliverAsync(receiver)); // the second waits for the first
        Assert.Equal(0, await DeliverAsync(receiver));
        books.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(1, await DeliverAsync(receiver));
        // A receiver that asks for more time is left alone.
        receiver.Answer = http => { http.Response.StatusCode = 503; http.Response.Headers.RetryAfter = "3600"; return Task.CompletedTask; };
        books.Clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(1, await DeliverAsync(receiver));
        books.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(0, await DeliverAsync(receiver));
        receiver.Answer = _ => Task.CompletedTask;
        books.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(2, await DeliverAsync(receiver));

        Assert.Equal(["order.submitted", "order.submitted", "order.submitted", "order.submitted", "order.cancelled"], receiver.Got.Select(got => got.Type));
        Assert.Single(receiver.Got.Take(4).Select(got => got.Id).Distinct());
        Assert.All(receiver.Got, got => Assert.True(got.IsSignedWith(secret)));
        // Each attempt is signed at its own time, so that an old one cannot be played again.
        Assert.Equal(4, receiver.Got.Take(4).Select(got => got.Timestamp).Distinct().Count());
        var page = await books.SignIn(buyer).GetAsync("/webhooks/" + endpoint);
        Assert.Contains("Answered 200", page.Words, StringComparison.Ordinal);
        Assert.Contains("Order submitted", (await books.SignIn(buyer).GetAsync($"/webhooks/{endpoint}/export?format=csv&type=order.submitted")).Body, StringComparison.Ordinal);
        var first = (await books.Api(buyer).GetAsync($"/api/v1/webhook-endpoints/{endpoint}/deliveries?type=order.submitted")).Json.GetProperty("items")[0].GetProperty("number").GetString()!;
        var told = (await books.Api(buyer).GetAsync("/api/v1/webhook-deliveries/" + first)).Json;
        Assert.Equal(["200", "503", "500", "500"], told.GetProperty("tries").EnumerateArray().Select(one => one.GetProperty("status").ToString()));
        var log = await books.SignIn(buyer).GetAsync("/webhooks/deliveries/" + first);
        Assert.Contains("the ERP is <down>", log.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, log.Body, StringComparison.Ordinal);
        // Nobody else's business.
        var stranger = await books.Given.ADistributor("Looks over the fence");
        Assert.Equal(HttpStatusCode.NotFound, (await books.Api(stranger).GetAsync("/api/v1/webhook-deliveries/" + first)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await books.Api(stranger).PostAsync($"/api/v1/webhook-deliveries/{first}/replay", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await books.SignIn(stranger).GetAsync("/webhooks/" + endpoint)).Status);
        var clerk = await books.Given.APerson(buyer.Partner, "purchasing");
        Assert.Equal(HttpStatusCode.Forbidden, (await books.Api(clerk).GetAsync("/api/v1/webhook-endpoints")).Status);
        // And where the code is wrong the database is not: no event of one company for the endpoint of another.
        var (other, _) = await books.AnEndpointAsync(stranger, receiver.Url + "/stranger", types: Orders);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => books.Database.ExecuteAsync("""
            insert into portal.webhook_delivery (webhook_event_id, webhook_endpoint_id, partner_id, subject_number, created_at, not_before)
            select v.webhook_event_id, e.webhook_endpoint_id, v.partner_id, 'x', now(), now()
            from portal.webhook_event v, portal.webhook_endpoint e
            where v.partner_id = @buyer and e.number = @other
            limit 1
            """, new { buyer = buyer.Partner.PartnerId, other }));
    }

    [Fact]
    public async Task A_slow_receiver_holds_up_nobody_and_one_that_is_silent_is_given_ten_seconds()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var slow = await books.Given.ADistributor("Slow");
        var quick = await books.Given.ADistributor("Quick");
        var (endpoint, _) = await books.AnEndpointAsync(slow, receiver.Url + "/slow", types: Orders);
        await books.AnEndpointAsync(quick, receiver.Url + "/quick", types: Orders);
        var released = new TaskCompletionSource();
        receiver.Answer = http => http.Request.Path == "/slow" ? released.Task.WaitAsync(http.RequestAborted) : Task.CompletedTask;
        for (var n = 0; n < 6; n++)
        {
            await books.SubmittedAsync(slow, ("A-10", 1));
            await books.SubmittedAsync(quick, ("A-10", 1));
        }

        var deliver = books.Services.GetRequiredService<DeliverWebhooks>();
        var taken = await deliver.TakeAsync(64, default);
        // No more than four of each are under way.
        Assert.Equal([4, 4], taken.GroupBy(due => due.WebhookEndpointId).Select(group => group.Count()));
        var underWay = taken.ConvertAll(due => (due, Task: deliver.DeliverAsync(due, default)));
        await Task.WhenAll(underWay.Where(one => one.due.Url.EndsWith("/quick", StringComparison.Ordinal)).Select(one => one.Task));
        Assert.Equal(2, (await deliver.TakeAsync(64, default)).Count); // the rest of the quick one's

        Assert.All(underWay.Where(one => one.due.Url.EndsWith("/slow", StringComparison.Ordinal)), one => Assert.False(one.Task.IsCompleted));
        released.SetResult();
        await Task.WhenAll(underWay.Select(one => one.Task));
        await books.DeliverAsync();
        Assert.Equal("200", await LastAsync(endpoint, "(select min(x.last_status)::text from portal.webhook_delivery x where x.webhook_endpoint_id = d.webhook_endpoint_id)"));
    }

    [Fact]
    public async Task A_company_that_is_slow_with_all_its_endpoints_leaves_room_for_the_others()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (slow, quick) = (await books.Given.ADistributor("Slow everywhere"), await books.Given.ADistributor("Waits its turn"));
        for (var n = 0; n < KeepWebhooks.Most; n++)
        {
            await books.AnEndpointAsync(slow, $"{receiver.Url}/slow/{n}", types: Orders);
        }

        await books.AnEndpointAsync(quick, receiver.Url + "/in-turn", types: Orders);
        for (var n = 0; n < 6; n++)
        {
            await books.SubmittedAsync(slow, ("A-10", 1));
        }

        var deliver = books.Services.GetRequiredService<DeliverWebhooks>();
        var taken = await deliver.TakeAsync(64, default);
        Assert.Equal(16, taken.Count(due => due.Url.Contains("/slow/", StringComparison.Ordinal)));
        Assert.DoesNotContain(await deliver.TakeAsync(64, default), due => due.Url.Contains("/slow/", StringComparison.Ordinal));
        await books.SubmittedAsync(quick, ("A-10", 1));
        Assert.Equal(receiver.Url + "/in-turn", Assert.Single(await deliver.TakeAsync(1, default)).Url);

        // Whoever has the fewest under way comes first, though the others have waited longer.
        await Task.WhenAll(taken.Where(due => due.Url.Contains("/slow/", StringComparison.Ordinal)).Take(8).Select(due => deliver.DeliverAsync(due, default)));
        await books.SubmittedAsync(quick, ("A-10", 1));
        Assert.Contains(await deliver.TakeAsync(2, default), due => due.Url.EndsWith("/in-turn", StringComparison.Ordinal));

        books.Clock.Advance(TimeSpan.FromMinutes(2)); // what was lent here comes back
        await books.DeliverAsync();
        Assert.Equal(6 * KeepWebhooks.Most, receiver.Got.Where(got => got.Path.StartsWith("/slow/", StringComparison.Ordinal)).Select(got => (got.Path, got.Id)).Distinct().Count());
    }

    [Fact]
    public async Task Networks_of_our_own_are_for_the_brands_endpoints_alone()
    {
        var buyer = await books.Given.ADistributor("Looks around");
        var refused = await books.Api(buyer).PostAsync("/api/v1/webhook-endpoints", new { url = "https://[::1]:9443/erp", eventTypes = Orders });
        Assert.Equal((HttpStatusCode.BadRequest, "url"), (refused.Status, refused.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        var (brands, _) = await books.AnEndpointAsync(books.Admin, "https://[::1]:9443/erp", types: Orders);
        var (partners, _) = await books.AnEndpointAsync(buyer, "http://127.0.0.1:1/erp", types: Orders);
        await books.Database.ExecuteAsync("update portal.webhook_endpoint set url = 'https://[::1]:9443/erp' where number = @partners", new { partners });

        await books.SubmittedAsync(buyer, ("A-10", 1));
        await books.DeliverAsync();

        // Nobody listens there: the one may knock, the other not.
        Assert.Equal(("unreachable", "not_public"), (await LastAsync(brands, "d.last_error"), await LastAsync(partners, "d.last_error")));
        await books.Api(books.Admin).SendAsync(HttpMethod.Delete, "/api/v1/webhook-endpoints/" + brands, null);
        await books.Api(buyer).SendAsync(HttpMethod.Delete, "/api/v1/webhook-endpoints/" + partners, null);
    }

    [Theory]
    [InlineData("Asia/Beirut", "2025-03-30")] // the clocks went from midnight to one o'clock
    [InlineData("Mars/Olympus", "2025-03-30")]
    [InlineData("Pacific/Honolulu", "9999-12-31")]
    [InlineData("Asia/Shanghai", "0001-01-01")]
    public async Task A_day_to_replay_from_is_read_whatever_the_clocks_do(string zone, string since)
    {
        var buyer = await books.Given.ADistributor("Replays in " + zone);
        await books.Database.ExecuteAsync("update portal.partner set time_zone = @zone where partner_id = @id; update portal.person set time_zone = null where partner_id = @id", new { zone, id = buyer.Partner.PartnerId });
        var (endpoint, _) = await books.AnEndpointAsync(buyer, "http://127.0.0.1:1/erp", types: Orders);

        var visitor = books.SignIn(buyer);
        var page = await visitor.PressAsync(await visitor.GetAsync("/webhooks/" + endpoint), $"form[action='/webhooks/{endpoint}/replays'] button", ("since", since));

        Assert.Equal(HttpStatusCode.OK, page.Status);
    }

    [Fact]
    public async Task A_refused_overlap_stands_in_its_field_again()
    {
        var buyer = await books.Given.ADistributor("Overlaps too long");
        var (endpoint, _) = await books.AnEndpointAsync(buyer, "http://127.0.0.1:1/erp", types: Orders);
        var visitor = books.SignIn(buyer);

        var refused = await visitor.PressAsync(await visitor.GetAsync("/webhooks/" + endpoint), $"form[action='/webhooks/{endpoint}/secret'] button", ("overlapHours", "999"));

        Assert.Equal("999", refused.Value("overlapHours"));
        Assert.Equal("24", (await visitor.GetAsync("/webhooks/" + endpoint)).Value("overlapHours")); // shown once
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Development", true)]
    public void What_is_open_to_all_is_open_to_nobody_in_production(string environment, bool isOpen)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Webhooks:AllowedNetworks", "10.1.0.0/16"), new("Webhooks:AllowedNetworksOfAll", "10.2.0.0/16")]).Build();
        var settings = new WebhookSettings(configuration, new HostingEnvironment { EnvironmentName = environment });
        var (ours, all) = (IPAddress.Parse("10.1.2.3"), IPAddress.Parse("::ffff:10.2.2.3"));

        Assert.Equal((true, false, isOpen, isOpen), (settings.Allows(ours, isBrand: true), settings.Allows(ours, isBrand: false), settings.Allows(all, isBrand: true), settings.Allows(all, isBrand: false)));
    }

    [Fact]
    public async Task Nothing_is_sent_into_our_own_network_and_no_redirect_leads_there()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var buyer = await books.Given.ADistributor("Looks inside");
        foreach (var (url, key) in new[]
        {
            ("https://10.0.0.8/hook", "not on the public internet"), ("https://169.254.169.254/latest/meta-data", "not on the public internet"), ("https://[::1]/hook", "not on the public internet"), ("https://2130706433:8443/", ""),
            ("https://user:pass@example.com/", "begins with https://"), ("ftp://example.com/", "begins with https://"), ("http://8.8.8.8/hook", "Only https"), ("https://no-such-host.invalid/hook", "There is no host"), ("", "Enter the address"),
        })
        {
            var refused = await books.Api(buyer).PostAsync("/api/v1/webhook-endpoints", new { url, eventTypes = Orders });
            // This machine is allowed here, in whatever clothes; all others are refused with a remedy.
            Assert.True(key.Length == 0 || (refused.Status is HttpStatusCode.BadRequest && refused.Text.Contains(key, StringComparison.Ordinal)), url + refused.Text);
        }

        // Written down in good faith, and now it leads inside: judged again when it is connected to.
        var (endpoint, _) = await books.AnEndpointAsync(buyer, receiver.Url + "/hook", types: Orders);
        await books.Database.ExecuteAsync("update portal.webhook_endpoint set url = 'https://10.0.0.8/hook' where number = @endpoint", new { endpoint });
        await books.SubmittedAsync(buyer, ("A-10", 1));
        await books.DeliverAsync();
        Assert.Equal("not_public", await LastAsync(endpoint, "d.last_error"));

        await books.Database.ExecuteAsync("update portal.webhook_endpoint set url = @url, rests_until = null where number = @endpoint", new { endpoint, url = receiver.Url + "/hook" });
        receiver.Answer = http => { http.Response.Redirect(receiver.Url + "/inside"); return Task.CompletedTask; };
        books.Clock.Advance(TimeSpan.FromSeconds(7));
        await books.DeliverAsync();
        Assert.Equal("redirect", await LastAsync(endpoint, "d.last_error"));
        Assert.DoesNotContain(receiver.Got, got => got.Path == "/inside");
        // A body without an end costs nothing.
        receiver.Answer = async http =>
        {
            for (var n = 0; n < 100_000 && !http.RequestAborted.IsCancellationRequested; n++)
            {
                await http.Response.Body.WriteAsync(new byte[1024]);
            }
        };
        books.Clock.Advance(TimeSpan.FromMinutes(7));
        await books.DeliverAsync();
        Assert.Equal("delivered", await LastAsync(endpoint, "d.status"));
    }

    [Fact]
    public async Task One_that_is_gone_or_fails_for_days_is_switched_off_its_owners_are_told_and_what_was_missed_is_replayed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var buyer = await books.Given.ADistributor("Gone for days");
        var (endpoint, _) = await books.AnEndpointAsync(buyer, receiver.Url + "/hook", types: Orders);
        var began = books.Clock.Now;
        receiver.Answer = http => { http.Response.StatusCode = 500; return Task.CompletedTask; };
        await books.SubmittedAsync(buyer, ("A-10", 1));
        for (var hour = 0; hour < 120 && await StatusAsync() is "active"; hour++)
        {
            await books.DeliverAsync();
            books.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal("off", await StatusAsync());
        // Within three days and a bit, after no more attempts than there are.
        Assert.InRange((books.Clock.Now - began).TotalHours, 72, 100);
        Assert.InRange(receiver.Got.Count, 8, WebhookPatience.MostAttempts);
        Assert.Contains("The webhook " + receiver.Url + "/hook was switched off", (await books.SignIn(buyer).GetAsync("/notifications")).Words, StringComparison.Ordinal);
        Assert.Contains("Nothing arrived for three days", (await books.SignIn(buyer).GetAsync("/webhooks/" + endpoint)).Words, StringComparison.Ordinal);
        await books.SubmittedAsync(buyer, ("A-10", 2)); // missed
        receiver.Got.Clear();
        receiver.Answer = _ => Task.CompletedTask;
        Assert.Equal(0, await DeliverAsync(receiver));

        var api = books.Api(buyer);
        var version = (await api.GetAsync("/api/v1/webhook-endpoints/" + endpoint)).Json.GetProperty("version").GetInt32();
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await api.PostAsync($"/api/v1/webhook-endpoints/{endpoint}/resumption", null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Post, $"/api/v1/webhook-endpoints/{endpoint}/resumption", null, ("If-Match", $"\"{version}\""))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync($"/api/v1/webhook-endpoints/{endpoint}/replays", new { since = books.Clock.Now.AddDays(1) })).Status);
        books.Clock.Advance(TimeSpan.FromDays(1));
        await books.DeliverAsync();
        api = books.Api(buyer);
        var replay = await api.PostAsync($"/api/v1/webhook-endpoints/{endpoint}/replays", new { since = began, onlyMissed = true });
        Assert.Equal(HttpStatusCode.Accepted, replay.Status);
        await books.DeliverAsync();
        Assert.Equal(2, receiver.Got.Select(got => got.Id).Distinct().Count());
        Assert.Equal(0, (await api.PostAsync($"/api/v1/webhook-endpoints/{endpoint}/replays", new { since = began, onlyMissed = true })).Json.GetProperty("deliveries").GetInt32());
        Assert.Equal(2, (await api.PostAsync($"/api/v1/webhook-endpoints/{endpoint}/replays", new { since = began })).Json.GetProperty("deliveries").GetInt32());
        await books.DeliverAsync();
        Assert.Equal(2, receiver.Got.Select(got => got.Id).Distinct().Count()); // known again by their ids

        receiver.Answer = http => { http.Response.StatusCode = 410; return Task.CompletedTask; };
        await books.SubmittedAsync(buyer, ("A-10", 3));
        await books.DeliverAsync();
        Assert.Equal(("off", "given_up"), (await StatusAsync(), await LastAsync(endpoint, "d.status")));

        // Old ones are forgotten.
        books.Clock.Advance(TimeSpan.FromDays(40));
        await books.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<ForgetWebhooks>().RunAsync(default));
        Assert.Equal([0], await books.Database.ListAsync<int>("select count(*)::int from portal.webhook_event v where v.partner_id = @id", new { id = buyer.Partner.PartnerId }));

        async Task<string> StatusAsync() => (await books.Database.ListAsync<string>("select status from portal.webhook_endpoint where number = @endpoint", new { endpoint })).Single();
    }

    [Fact]
    public async Task A_secret_is_shown_once_stored_encrypted_and_changed_without_a_gap()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var buyer = await books.Given.ADistributor("Changes secrets");
        var visitor = books.SignIn(buyer);
        var refused = await visitor.SubmitAsync("/webhooks/new", ("Form.Url", "https://10.1.1.1/"), ("Form.Description", "ERP 甲"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "ERP 甲"), (refused.Status, refused.Value("Form.Description")));
        var shown = await visitor.SubmitAsync("/webhooks/new", ("Form.Url", receiver.Url + "/erp"));
        var first = shown.Text("#webhook-secret");
        Assert.StartsWith("whsec_", first, StringComparison.Ordinal);
        var endpoint = shown.Path.Split('/')[^1];
        Assert.False((await visitor.GetAsync("/webhooks/" + endpoint)).Has("#webhook-secret"));
        Assert.DoesNotContain(first[6..], (await books.Database.ListAsync<string>("select secret from portal.webhook_endpoint where number = @endpoint", new { endpoint })).Single(), StringComparison.Ordinal);

        var delivery = await visitor.PressAsync(await visitor.GetAsync("/webhooks/" + endpoint), $"form[action='/webhooks/{endpoint}/tests'] button");
        Assert.Contains("Not tried yet", delivery.Words, StringComparison.Ordinal);
        await books.DeliverAsync();
        Assert.True(receiver.Got.Single() is { Type: "webhook.test" } test && test.IsSignedWith(first));

        var api = books.Api(buyer);
        var version = (await api.GetAsync("/api/v1/webhook-endpoints/" + endpoint)).Json.GetProperty("version").GetInt32();
        Assert.Equal(HttpStatusCode.BadRequest, (await RenewAsync(version, 1000)).Status);
        var renewed = await RenewAsync(version, 2);
        var second = renewed.Json.GetProperty("secret").GetString()!;
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await RenewAsync(version, 2)).Status);
        Assert.DoesNotContain("secret", (await api.GetAsync("/api/v1/webhook-endpoints/" + endpoint)).Text.Replace("previousSecretUntil", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await TestAsync();
        Assert.True(receiver.Got.Last().IsSignedWith(first) && receiver.Got.Last().IsSignedWith(second));
        books.Clock.Advance(TimeSpan.FromHours(3));
        await TestAsync();
        Assert.True(!receiver.Got.Last().IsSignedWith(first) && receiver.Got.Last().IsSignedWith(second));

        Assert.Equal(HttpStatusCode.BadRequest, (await books.Api(buyer).PostAsync("/api/v1/webhook-endpoints", new { url = receiver.Url + "/erp", eventTypes = Orders })).Status); // named already
        Assert.Equal(HttpStatusCode.BadRequest, (await books.Api(buyer).PostAsync("/api/v1/webhook-endpoints", new { url = receiver.Url + "/2", secret = "whsec_short", eventTypes = Orders })).Status);
        visitor = books.SignIn(buyer);
        var paused = await visitor.PressAsync(await visitor.GetAsync("/webhooks/" + endpoint), $"form[action='/webhooks/{endpoint}/pause'] button");
        Assert.Contains("Paused", paused.Words, StringComparison.Ordinal);
        await books.Api(buyer).PostAsync($"/api/v1/webhook-endpoints/{endpoint}/tests", null);
        Assert.Equal(0, await DeliverAsync(receiver));

        async Task TestAsync()
        {
            // Tokens last a quarter of an hour.
            Assert.Equal(HttpStatusCode.Created, (await books.Api(buyer).PostAsync($"/api/v1/webhook-endpoints/{endpoint}/tests", null)).Status);
            await books.DeliverAsync();
        }

        Task<ApiAnswer> RenewAsync(int seen, int hours) => api.SendAsync(HttpMethod.Post, $"/api/v1/webhook-endpoints/{endpoint}/secret", new { overlapHours = hours }, ("If-Match", $"\"{seen.ToString(CultureInfo.InvariantCulture)}\""));
    }
}
