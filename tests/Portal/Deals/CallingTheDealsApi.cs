using System.Net;
using System.Text.Json;
using Npgsql;
using Platform.Database;
using Portal.Customers;
using Support;

namespace Portal.Tests.Deals;

public sealed class CallingTheDealsApi(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_program_registers_and_submits_a_deal_once_per_key()
    {
        var api = portal.Api(portal.Huaxin);

        var first = await api.PostAsync("/api/v1/deals", Body("接口一号有限公司"), "key-1");
        var again = await api.PostAsync("/api/v1/deals", Body("接口一号有限公司"), "key-1");
        var other = await api.PostAsync("/api/v1/deals", Body("接口二号有限公司"), "key-1");

        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal("submitted", first.Json.GetProperty("status").GetString());
        Assert.Equal("/api/v1/deals/" + first.Json.GetProperty("number").GetString(), first.Header("Location"));
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
    }

    // The registration holds the keys of its customer and waits for its company's row, which a rival holds that then waits for those keys. Whoever waited first is ended first, as a rule.
    [Fact]
    public async Task A_registration_that_a_deadlock_ended_begins_anew_and_its_key_answers_once()
    {
        var api = portal.Api(portal.Huaxin);
        for (var attempt = 0; ; attempt++)
        {
            var name = $"死锁重来{(char)('甲' + attempt)}科技有限公司";
            var before = await DeadlocksAsync();
            var (registering, wasRival) = await CollideAsync(name, () => api.PostAsync("/api/v1/deals", Body(name), $"dead-{attempt}"));
            var answer = await registering;

            Assert.Equal(HttpStatusCode.Created, answer.Status);
            Assert.Equal("submitted", answer.Json.GetProperty("status").GetString());
            if (wasRival && attempt < 4)
            {
                continue;
            }

            Assert.False(wasRival);
            Assert.True(await DeadlocksAsync() > before);
            Assert.Equal(answer.Text, (await api.PostAsync("/api/v1/deals", Body(name), $"dead-{attempt}")).Text);
            Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.deal d join portal.end_customer c using (end_customer_id) where c.name = @name", new { name }));
            return;
        }
    }

    async Task<(Task<ApiAnswer> Registering, bool WasRival)> CollideAsync(string customer, Func<Task<ApiAnswer>> register)
    {
        Task<ApiAnswer>? registering = null;
        await using var rival = portal.Database.As(Caller.System("test"));
        try
        {
            await rival.InTransactionAsync(async () =>
            {
                await rival.ListAsync<long>("select partner_id from partner where partner_id = @PartnerId for update", new { portal.Huaxin.Partner.PartnerId }, default);
                registering = Task.Run(register);
                while (await WaitingAsync() == 0)
                {
                    await Task.Yield();
                }

                await new CustomerStore(rival).HoldAsync(portal.Deal(customer).Customer!.Check().Details.Keys, default);
            }, default);
            return (registering!, false);
        }
        catch (PostgresException deadlock) when (deadlock.SqlState is PostgresErrorCodes.DeadlockDetected)
        {
            return (registering!, true);
        }
    }

    async Task<long> WaitingAsync() => (await portal.Database.ListAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).Single();

    async Task<long> DeadlocksAsync() => (await portal.Database.ListAsync<long>("select deadlocks from pg_stat_database where datname = current_database()")).Single();

    [Fact]
    public async Task A_blocked_claim_is_answered_in_the_same_shape_as_a_clear_one()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("同形回答有限公司"));
        var api = portal.Api(portal.Yuanjian);

        var hit = await api.PostAsync("/api/v1/deals", Body("同形回答有限公司"));
        var miss = await api.PostAsync("/api/v1/deals", Body("无人报备有限公司"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (hit.Status, miss.Status));
        Assert.Equal(Names(miss.Json), Names(hit.Json));
        Assert.Equal(Names(miss.Json.GetProperty("verdict")), Names(hit.Json.GetProperty("verdict")));
        var verdict = hit.Json.GetProperty("verdict");
        Assert.Equal(("live_claim", "certain", true, "draft"), (verdict.GetProperty("conflict").GetString(), verdict.GetProperty("band").GetString(), verdict.GetProperty("blocked").GetBoolean(), hit.Json.GetProperty("status").GetString()));
        Assert.DoesNotContain(portal.Huaxin.Partner.Number, hit.Text);
    }

    [Fact]
    public async Task An_update_names_the_version_it_saw()
    {
        var api = portal.Api(portal.Huaxin);
        var created = await api.PostAsync("/api/v1/deals", Body("版本控制有限公司", submit: false));
        var number = created.Json.GetProperty("number").GetString();

        Assert.Equal("\"1\"", created.Header("ETag"));
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await api.PutAsync($"/api/v1/deals/{number}", Body("版本控制有限公司", submit: false), null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync($"/api/v1/deals/{number}", Body("版本控制有限公司", submit: false, amount: 2), 1)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.PutAsync($"/api/v1/deals/{number}", Body("版本控制有限公司", submit: false, amount: 3), 1)).Status);
    }

    [Fact]
    public async Task The_desk_decides_and_the_partner_asks_for_more_time()
    {
        var partner = portal.Api(portal.Huaxin);
        var desk = portal.Api(portal.DealDesk);
        var number = (await partner.PostAsync("/api/v1/deals", Body("接口审批有限公司"))).Json.GetProperty("number").GetString();

        var approved = await Send(desk, $"/api/v1/deals/{number}/review", new { decision = "approve", days = 45 }, 2);
        var extension = await Send(partner, $"/api/v1/deals/{number}/extensions", new { days = 10, reason = "Tender moved" }, 3);
        var granted = await Send(desk, $"/api/v1/deals/{number}/extensions/decision", new { decision = "grant" }, 4);
        portal.Clock.Advance(TimeSpan.FromHours(73));
        partner = portal.Api(portal.Huaxin);
        var won = await Send(partner, $"/api/v1/deals/{number}/outcome", new { outcome = "won" }, 5);
        var late = await Send(partner, $"/api/v1/deals/{number}/withdrawal", new { reason = "too late" }, 6);

        Assert.Equal("2026-04-17T00:00:00Z", approved.Json.GetProperty("protectedUntil").GetString());
        Assert.Equal(HttpStatusCode.OK, extension.Status);
        Assert.Equal("2026-04-27T00:00:00Z", granted.Json.GetProperty("protectedUntil").GetString());
        Assert.Equal("won", won.Json.GetProperty("status").GetString());
        Assert.Equal((HttpStatusCode.Conflict, "deal-state"), (late.Status, late.Problem));
    }

    [Fact]
    public async Task A_partner_cannot_review_and_a_stranger_sees_nothing()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("接口权限有限公司"));

        Assert.Equal(HttpStatusCode.Forbidden, (await Send(portal.Api(portal.Huaxin), $"/api/v1/deals/{number}/review", new { decision = "approve" }, 2)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).GetAsync($"/api/v1/deals/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Send(portal.Api(portal.Yuanjian), $"/api/v1/deals/{number}/withdrawal", new { reason = "x" }, 2)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await portal.ApiWith(null).GetAsync("/api/v1/deals")).Status);
    }

    [Fact]
    public async Task The_list_is_read_page_by_page_without_gap_or_repetition()
    {
        var partner = await portal.Given.ADistributor("翻页商");
        var api = portal.Api(partner);
        for (var deal = 0; deal < 5; deal++)
        {
            await api.PostAsync("/api/v1/deals", Body($"翻页客户{deal}号有限公司", submit: false));
        }

        var numbers = new List<string?>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = (await api.GetAsync($"/api/v1/deals?limit=2&cursor={cursor}")).Json;
            numbers.AddRange(page.GetProperty("items").EnumerateArray().Select(deal => deal.GetProperty("number").GetString()));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(5, numbers.Distinct().Count());
        Assert.Equal(5, numbers.Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/v1/deals?cursor=nonsense")).Status);
    }

    [Fact]
    public async Task Faults_are_named_field_by_field()
    {
        var answer = await portal.Api(portal.Huaxin).PostAsync("/api/v1/deals", new { customer = new { name = "某某有限公司", countryCode = "CN", creditCode = "123" }, amount = 0 });

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), (answer.Status, answer.Problem));
        Assert.Equal(["creditCode", "productLines", "territory", "amount", "currency", "expectedClose"], answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Customers_are_created_changed_and_found()
    {
        var api = portal.Api(portal.Huaxin);

        var created = await api.PostAsync("/api/v1/customers", new { name = "接口客户实业有限公司", countryCode = "CN", city = "杭州", directAccount = true });
        var number = created.Json.GetProperty("number").GetString();
        var again = await api.PostAsync("/api/v1/customers", new { name = "接口客户实业 有限公司", countryCode = "CN" });
        var changed = await api.PutAsync($"/api/v1/customers/{number}", new { name = "接口客户实业有限公司", countryCode = "CN", domain = "https://api-customer.example" }, 1);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.Status, again.Status));
        Assert.False(created.Json.GetProperty("directAccount").GetBoolean());
        Assert.Equal(number, again.Json.GetProperty("number").GetString());
        Assert.Equal("api-customer.example", changed.Json.GetProperty("domain").GetString());
        Assert.Contains(number!, (await api.GetAsync("/api/v1/customers?q=接口客户")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).GetAsync($"/api/v1/customers/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.DealDesk).PutAsync($"/api/v1/customers/{number}", new { name = "Ours", countryCode = "CN" }, 2)).Status);
    }

    static Task<ApiAnswer> Send(ApiClient api, string path, object body, int version) =>
        api.SendAsync(HttpMethod.Post, path, body, ("If-Match", $"\"{version}\""), ("Idempotency-Key", Guid.NewGuid().ToString("N")));

    object Body(string customer, bool submit = true, decimal amount = 50_000) => new
    {
        customer = new { name = customer, countryCode = "CN" },
        productLines = new[] { "DISPLAYS" },
        territory = "CN-EAST",
        amount,
        currency = "CNY",
        expectedClose = portal.Clock.Today.AddDays(30),
        submit,
    };

    static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(member => member.Name);
}
