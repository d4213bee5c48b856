using Platform.Database;
using Portal.Demo;

namespace Portal.Webhooks;

/// <summary>
/// The demo's endpoints: the ERP of the distributor Huaxin, and what the brand reckons with about its whole channel. Their addresses lead nowhere, so that the log shows how a receiver that does not answer is dealt with. A test event is
/// on its way to each.
/// </summary>
sealed class WebhooksDemo(Db db, KeepWebhooks keep, ReplayWebhooks replay) : IDemoPart
{
    // After all else: nobody wants to be told of a seeded year.
    public int Order => 95;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        await EnterAsync("admin@huaxin.example", new() { Url = "https://erp.huaxin.example/portal-events", Description = "ERP", EventTypes = Of("order", "shipment", "invoice", "credit_note") }, ct);
        await EnterAsync("admin@northlight.example", new() { Url = "https://bi.northlight.example/portal-events", Description = "BI", Scope = "channel", EventTypes = Of("order", "deal") }, ct);
    }

    async Task EnterAsync(string email, WebhookFacts facts, CancellationToken ct)
    {
        if (await db.FindAsync<long?>("select min(person_id) from person where email = @email", new { email }, ct) is not { } admin)
        {
            return;
        }

        await db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where person_id = @admin", new { admin }, ct);
        var made = Expect(await keep.EnterAsync(facts, WebhookSecrets.New(), shows: false, ct));
        Expect(await replay.TestAsync(made.Number, ct));
        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }

    static IReadOnlyList<string> Of(params IReadOnlyList<string> groups) => [.. WebhookEvents.All.Where(type => groups.Contains(type.Group)).Select(type => type.Name)];

    static WebhookOutcome.Done Expect(WebhookOutcome outcome) => outcome as WebhookOutcome.Done ?? throw new InvalidOperationException($"The demo's webhooks do not go through: {outcome}");
}
